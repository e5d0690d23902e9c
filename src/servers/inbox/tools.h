/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tools.h - the definitions of the inbox server's tools, as tools/list gives them.
 *
 * Answers: folders, search, threads and read give text; read also gives
 * structuredContent {"source":"mail","trust":"untrusted","id","message_id","from",
 * "sender_verified","verified_by"}. The others give: fired, a receipt
 * ({"message_id","from","copy_in"|"draft_in"|"note",...} or {"mails","from_folder",
 * "to_folder"}) with "already_done"; with _meta claviger/check {"ok":true,"target",
 * "about":{"from"},"verified":[ADDRESS]}, the last if a mail answers that sender and
 * the own server vouches for them; with claviger/prove {"fired":true,"receipt":{...}} or
 * {"fired":null}: nothing ever proves that a mail was not sent. */
#ifndef SERVERS_INBOX_TOOLS_H
#define SERVERS_INBOX_TOOLS_H

extern const char tool_folders[], tool_inbox_search[], tool_threads[], tool_read[], tool_send_mail[], tool_draft[], tool_move[], tool_flag[];

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tools.h - the definitions of the codebase server's tools, as tools/list gives them.
 *
 * Answers: list_files, read_file and search give text. propose_patch also gives
 * structuredContent: fired {"branch","commit","files":[PATH...],"insertions",
 * "deletions","already_done"}; with _meta claviger/check {"ok":true,"target","branch",
 * "files":[{"path","change":"added|modified|deleted","insertions","deletions"}],"insertions",
 * "deletions"}; with claviger/prove {"fired":true,"receipt":{...}} or {"fired":false}.
 * push_branch (push.h) likewise: fired {"remote","branch","commit","was","already_done"}. */
#ifndef SERVERS_CODEBASE_TOOLS_H
#define SERVERS_CODEBASE_TOOLS_H

extern const char tool_list_files[], tool_read_file[], tool_search[], tool_propose_patch[];

#endif

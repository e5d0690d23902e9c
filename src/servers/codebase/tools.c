/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/tools.h"

/* The words a model reads. Kept short and stable: they are part of every prompt
 * prefix and of every pin (a changed word quarantines the tool). */
const char tool_list_files[] =
    "{\"name\":\"list_files\",\"description\":\"List the files of the repository (what is committed, not the working tree), one path a line.\","
    "\"inputSchema\":{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\",\"description\":\"Only files in this folder, or this file. Relative to the root.\"},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":5000,\"description\":\"Most paths to give; 500 if absent.\"},"
    "\"cursor\":{\"type\":\"string\",\"description\":\"From the last line of the answer before: goes on after it.\"}"
    "},\"additionalProperties\":false},"
    "\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false},"
    "\"_meta\":{\"claviger/effect\":\"read\"}}";

const char tool_read_file[] =
    "{\"name\":\"read_file\",\"description\":\"Read one text file as committed. The answer starts with a line `blob: ID` (needed as base of a patch), "
    "a line `path: PATH` and an empty line; then comes the content.\","
    "\"inputSchema\":{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\",\"description\":\"Relative to the root.\"},"
    "\"first_line\":{\"type\":\"integer\",\"minimum\":1,\"description\":\"Start here; 1 if absent.\"},"
    "\"lines\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100000,\"description\":\"Most lines to give.\"}"
    "},\"required\":[\"path\"],\"additionalProperties\":false},"
    "\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false},"
    "\"_meta\":{\"claviger/effect\":\"read\"}}";

const char tool_search[] =
    "{\"name\":\"search\",\"description\":\"Find a fixed string (no pattern) in the committed text files. One `path:line: text` a hit.\","
    "\"inputSchema\":{\"type\":\"object\",\"properties\":{"
    "\"text\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500},"
    "\"path\":{\"type\":\"string\",\"description\":\"Only in this folder or file.\"},"
    "\"ignore_case\":{\"type\":\"boolean\"},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000,\"description\":\"Most hits to give; 100 if absent.\"}"
    "},\"required\":[\"text\"],\"additionalProperties\":false},"
    "\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false},"
    "\"_meta\":{\"claviger/effect\":\"read\"}}";

const char tool_propose_patch[] =
    "{\"name\":\"propose_patch\",\"description\":\"Propose a change as a unified diff. After a person approves it, it becomes one commit on a new branch "
    "for this task; the checked-out branch and the working tree stay as they are.\","
    "\"inputSchema\":{\"type\":\"object\",\"properties\":{"
    "\"title\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":200,\"description\":\"First line of the commit message.\"},"
    "\"message\":{\"type\":\"string\",\"maxLength\":8000,\"description\":\"Why, for the rest of the commit message.\"},"
    "\"diff\":{\"type\":\"string\",\"minLength\":1,\"description\":\"Unified diff with a/ and b/ before the paths, as `git diff` writes it; line counts in hunk "
    "headers must be right; text only.\"},"
    "\"base\":{\"type\":\"array\",\"description\":\"Each existing file the diff changes, with the blob id that read_file gave.\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"path\":{\"type\":\"string\"},\"blob\":{\"type\":\"string\"}},\"required\":[\"path\",\"blob\"],\"additionalProperties\":false}}"
    "},\"required\":[\"title\",\"diff\",\"base\"],\"additionalProperties\":false},"
    "\"annotations\":{\"readOnlyHint\":false,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false},"
    "\"_meta\":{\"claviger/effect\":\"write\"}}";

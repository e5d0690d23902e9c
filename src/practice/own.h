/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own.h - the paths under /practice: the vendor's books, what it was asked, keys
 * revoked and sales added by hand. */
#ifndef PRACTICE_OWN_H
#define PRACTICE_OWN_H

#include "practice/http.h"

handler own_books, own_requests, own_revoke, own_sales;

#endif

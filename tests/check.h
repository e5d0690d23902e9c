/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.h - what every cmocka program includes. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Passes if the call gave that code; prints the error's own words if not. */
#define check_code(call, wanted, e)                                                              \
	do {                                                                                     \
		enum err_code got_ = (call);                                                     \
		if (got_ != (wanted))                                                            \
			fail_msg("%s gave %s (%s), not %s", #call, err_name(got_), (e)->text, err_name(wanted)); \
	} while (0)
#define check_ok(call, e) check_code(call, ERR_OK, e)

#endif

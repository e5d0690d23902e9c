/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/cap.h"

#include "money/pico.h"

__extension__ typedef __int128 wide;

int64_t cap_left(int64_t limit, int64_t booked, int64_t held)
{
	wide left = (wide)limit - booked - held;

	return left > 0 ? (int64_t)left : 0;
}

int64_t cap_most(int64_t limit, int64_t booked, int64_t held)
{
	return pico_add_capped(cap_left(limit, booked, held), held);
}

bool cap_fits(int64_t limit, int64_t booked, int64_t held, int64_t wanted)
{
	return (wide)booked + held + wanted <= limit;
}

size_t cap_tightest(const struct cap_state *caps, size_t caps_count)
{
	size_t i, best = 0;

	for (i = 1; i < caps_count; i++)
		if (cap_left(caps[i].limit, caps[i].booked, caps[i].held) < cap_left(caps[best].limit, caps[best].booked, caps[best].held))
			best = i;
	return best;
}

int cap_percent(int64_t limit, int64_t booked, int64_t held)
{
	wide percent;

	if (limit <= 0)
		return 100;
	percent = ((wide)booked + held) * 100 / limit;
	return percent > 999 ? 999 : percent < 0 ? 0 : (int)percent;
}

int cap_warn_level(int64_t limit, int64_t booked, int64_t held, const int *levels, size_t count)
{
	int percent = cap_percent(limit, booked, held), reached = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (levels[i] <= percent)
			reached = levels[i];
	return reached;
}

int64_t cap_shrink_output(int64_t left, int64_t input_pico, int64_t output_rate, int64_t wanted, int64_t useful_min)
{
	int64_t most;

	if (input_pico > left)
		return 0;
	if (output_rate <= 0)
		return wanted;
	most = (left - input_pico) / output_rate;
	if (most >= wanted)
		return wanted;
	return most >= useful_min ? most : 0;
}

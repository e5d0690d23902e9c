/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Propose, show, decide, fire, crash, settle: two actions, two consoles, two
 * workers, an agent whose proposal a person may edit or send back for changes, and a worker that may die
 * between any two steps. What is one transaction in the program is one atomic step
 * here; what leaves for the outside is none.
 *
 * Checked in every state that can be reached:
 *   an effect happens only under a decision on the very version that was shown (I1)
 *   no action has its effect twice (I2)
 *   what is fired was done, what is not fired was not, the rest is unknown
 *   one decision each, however many decide at once
 *   in the end nothing is left approved, firing or sent back: nothing is lost
 *
 * -DRETRY, -DBLIND, -DKEPT, -DLATE, -DBOTH and -DLOST each take one guard away; each must be found. */
#define ACTIONS 2
#ifndef CRASHES
#define CRASHES 3
#endif
#define EDITS 1
#define UNDOS 1
#define ASKS 1

mtype = { pending, approved, firing, fired, unknown, not_fired, rejected, changes };
mtype state[ACTIONS] = pending;
byte version[ACTIONS] = 1;
byte decided[ACTIONS];		/* the version that the decision in force names; 0: none */
byte decisions[ACTIONS];	/* in force on this version */
bool sent[ACTIONS];		/* a byte may have left */
byte done[ACTIONS];		/* what the outside has seen */
byte leases, epoch, crashes, edits, undos, asks;

/* Something that a person can do about it. What is approved is the worker's from then on. */
#define WAITS(a) (state[a] == pending || state[a] == unknown || (state[a] == approved && undos < UNDOS))

/* A new version is looked at again: the old decision names another one. */
active proctype editor()
{
	byte a;

end:	do
	:: edits < EDITS ->
		if
		:: a = 0
		:: a = 1
		fi;
		atomic {
			if
			:: state[a] == pending -> version[a]++; edits++
			:: else
			fi
		}
	od
}

/* Asked for changes, it proposes another: what was said of the first says nothing of that. */
active proctype agent()
{
	byte a;

end:	do
	:: atomic { state[0] == changes || state[1] == changes ->
		if
		:: state[0] == changes -> a = 0
		:: state[1] == changes -> a = 1
		fi;
		version[a]++;
#ifdef KEPT
		state[a] = approved
#else
		decisions[a] = 0;
		state[a] = pending
#endif
	   }
	od
}

active [2] proctype console()
{
	byte a, shown;

end:	do
	:: WAITS(0) || WAITS(1) ->
		if
		:: a = 0
		:: a = 1
		fi;
		shown = version[a];		/* on the screen; it may change from here on */
		if
		:: atomic {			/* yes, no, or not like that */
#ifdef BOTH
			state[a] == pending || state[a] == approved ->
#else
			state[a] == pending ->
#endif
			if
#ifdef BLIND
			:: true ->
#else
			:: shown == version[a] ->
#endif
				decisions[a]++;
				assert(decisions[a] == 1);
				if
				:: decided[a] = shown; state[a] = approved
				:: state[a] = rejected
				:: asks < ASKS -> asks++; state[a] = changes
				fi
			:: else			/* changed since it was looked at */
			fi
		   }
		:: atomic { state[a] == approved && undos < UNDOS -> undos++; decided[a] = 0; decisions[a] = 0; state[a] = pending }
		:: atomic {			/* settled by a person who looked outside */
			state[a] == unknown ->
			if
			:: done[a] > 0 -> state[a] = fired
			:: else -> state[a] = not_fired
			fi
		   }
		:: else				/* later */
		fi
	od
}

/* At a take-over: what was only intended is approved again, what may have left is unknown. */
inline sweep()
{
	a = 0;
	do
	:: a < ACTIONS ->
		if
#ifdef RETRY
		:: state[a] == firing -> state[a] = approved
#else
		:: state[a] == firing && sent[a] -> state[a] = unknown
		:: state[a] == firing && !sent[a] -> state[a] = approved
#endif
		:: else
		fi;
		a++
	:: else -> break
	od
}

#define MAY_DIE :: crashes < CRASHES -> crashes++; goto died

active [2] proctype worker()
{
	byte a, mine;

died:	atomic {				/* the kernel frees the lock of a dead process */
		if
#ifndef LOST
		:: mine > 0 && leases > 0 -> leases = 0
#endif
		:: else
		fi;
		mine = 0
	}
end:	atomic { leases == 0 -> leases = 1; epoch++; mine = epoch; sweep(); a = 0 }
endof:	do
	:: atomic { state[0] == approved || state[1] == approved ->
		if
		:: state[0] == approved -> a = 0
		:: state[1] == approved -> a = 1
		fi;
		/* intent, with the decision checked, in one transaction */
		assert(mine == epoch);
		assert(decided[a] == version[a]);
		state[a] = firing;
		sent[a] = false
	   };
	   if
	   MAY_DIE
	   :: true
	   fi;
#ifndef LATE
	   atomic { assert(mine == epoch); sent[a] = true };
	   if
	   MAY_DIE
	   :: true
	   fi;
#endif
	   done[a]++;				/* outside */
	   assert(done[a] == 1);
	   assert(state[a] == firing && decided[a] == version[a]);
	   if
	   MAY_DIE
	   :: true
	   fi;
	   atomic { assert(mine == epoch); state[a] = fired };
	   if
	   MAY_DIE
	   :: true
	   fi
	:: atomic {				/* asked, our own connector proves what became of it */
		state[0] == unknown || state[1] == unknown ->
		if
		:: state[0] == unknown -> a = 0
		:: state[1] == unknown -> a = 1
		fi;
		if
		:: done[a] > 0 -> state[a] = fired
		:: else -> state[a] = not_fired
		fi
	   }
	od
}

#define TRUE_TO(a) ((state[a] != fired || done[a] == 1) && (state[a] != not_fired || done[a] == 0) && (state[a] != rejected || done[a] == 0) && (state[a] != pending || done[a] == 0))

active proctype judge()
{
end:	atomic { !(TRUE_TO(0) && TRUE_TO(1)) -> assert(false) }
}

/* In the end, when all that is left waits: nothing stays approved or firing. */
active proctype last()
{
	timeout;
	assert(state[0] != approved && state[1] != approved && state[0] != firing && state[1] != firing);
	assert(state[0] != changes && state[1] != changes)
}

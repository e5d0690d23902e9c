/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first four bytes of a hash as words: to be read out, remembered over a night,
 * or noted on paper. 256 short words that don't sound like each other. */
#include "desk/head_words.h"

#include <stdio.h>

static const char *const words[256] = {
	"acid", "acorn", "actor", "album", "alley", "amber", "angle", "ankle", "apple", "apron", "arch", "arena",
	"arrow", "atlas", "attic", "award", "bacon", "badge", "baker", "banjo", "barn", "basin", "beach", "beard",
	"bench", "berry", "birch", "bison", "black", "blade", "bloom", "board", "boat", "bone", "book", "boot",
	"bowl", "brain", "brass", "bread", "brick", "bride", "brook", "brush", "bugle", "cabin", "cable", "cactus",
	"camel", "candle", "canoe", "canyon", "carbon", "cargo", "carpet", "castle", "cedar", "chain", "chalk", "chess",
	"chief", "cider", "cigar", "circus", "clay", "cliff", "clock", "cloud", "clover", "coach", "coal", "cobra",
	"coffee", "comet", "copper", "coral", "corn", "cotton", "crab", "crane", "crown", "crystal", "daisy", "dance",
	"delta", "denim", "desert", "diary", "disk", "dome", "donkey", "door", "dove", "dragon", "drum", "duke",
	"eagle", "easel", "echo", "elbow", "elm", "ember", "engine", "envoy", "fabric", "falcon", "farm", "feast",
	"fern", "ferry", "fiddle", "field", "finch", "flag", "flame", "flute", "foam", "forest", "fossil", "fox",
	"frost", "galaxy", "garden", "garlic", "gate", "giant", "ginger", "glass", "globe", "glove", "goat", "gold",
	"goose", "grain", "grape", "gravel", "guitar", "hammer", "harbor", "harp", "hawk", "hazel", "helmet", "herb",
	"heron", "hinge", "honey", "hook", "horn", "hotel", "ice", "igloo", "indigo", "ink", "iris", "iron",
	"island", "ivory", "jacket", "jade", "jaguar", "jar", "jelly", "jewel", "judge", "juice", "kayak", "kettle",
	"key", "king", "kite", "knot", "label", "lace", "ladder", "lake", "lamp", "lark", "latch", "lava",
	"lemon", "lentil", "lily", "linen", "lion", "lizard", "lobby", "locket", "lotus", "lunar", "lynx", "magnet",
	"maple", "marble", "market", "mask", "meadow", "melon", "mercury", "metal", "mint", "mirror", "mole", "moon",
	"moss", "motor", "museum", "nectar", "needle", "nest", "nickel", "north", "novel", "nut", "oak", "oasis",
	"ocean", "olive", "onion", "opal", "orange", "orbit", "orchid", "organ", "otter", "owl", "oyster", "paddle",
	"palace", "panda", "paper", "parrot", "pearl", "pebble", "pepper", "piano", "pigeon", "pillow", "pine", "pirate",
	"planet", "plum", "poem", "polar", "pond", "poppy", "prism", "pump", "quartz", "quill", "rabbit", "radar",
	"raft", "rain", "raven", "reef",
};

void head_words(const struct hash *head, char out[HEAD_WORDS])
{
	snprintf(out, HEAD_WORDS, "%s-%s-%s-%s", words[head->b[0]], words[head->b[1]], words[head->b[2]], words[head->b[3]]);
}

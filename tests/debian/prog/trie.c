/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <stdlib.h>

struct trie {
	struct trie *next[26];
	int words;
};

struct trie *
trie_new(void)
{
	return calloc(1, sizeof(struct trie));
}

void
trie_add(struct trie *t, const char *word)
{
	t->words++;
	for (; *word; word++) {
		struct trie **n = &t->next[*word - 'a'];

		if (!*n)
			*n = trie_new();
		t = *n;
		t->words++;
	}
}

int
trie_count(const struct trie *t, const char *prefix)
{
	for (; t && *prefix; prefix++)
		t = t->next[*prefix - 'a'];
	return t ? t->words : 0;
}

/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <stdio.h>
#include <string.h>

int
main(void)
{
	static char digits[1000], packed[100], unpacked[100], text[100];
	static int v[10000];
	unsigned int seed = 1;
	struct trie *t = trie_new();

	for (int i = 0; i < 10000; i++)
		v[i] = (int)(rng_next(&seed) % 100000);
	sort_ints(v, 10000);
	printf("sorted %d %d %d\n", v[0], v[5000], v[9999]);
	printf("hash %08x crc %08x\n", hash_text("vivarium"),
	       crc32_of("123456789", 9));
	printf("primes %d queens %d life %d\n", primes_below(1000000),
	       queens(9), life_after(100));
	bigint_factorial(100, digits);
	printf("100! = %s\n", digits);
	rle_pack("aaabccddddd", packed);
	rle_unpack(packed, unpacked);
	base64_of((const unsigned char *)"any carnal pleas", 16, text);
	printf("%s %s %s\n", packed, unpacked, text);
	trie_add(t, "car");
	trie_add(t, "cart");
	trie_add(t, "dog");
	printf("trie %d josephus %d edit %d calc %ld\n", trie_count(t, "car"),
	       queue_josephus(41, 3), edit_distance("kitten", "sitting"),
	       calc_eval("2*(3+4)*-(5-7)/4"));
	printf("trace %.3f pi %.5f\n", matrix_trace_of_product(60),
	       float_pi(100000));
	fflush(stdout);
	printf("workers %ld pipes %d faults %d\n", workers_sum(8, 8000000),
	       pipes_through(20, 100), jump_depth(50));
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* A program of twenty files, to be built in a guest. */
#ifndef PROG_H
#define PROG_H

unsigned int hash_text(const char *s);
unsigned int rng_next(unsigned int *state);
void sort_ints(int *v, int n);
int primes_below(int n);
double matrix_trace_of_product(int n);
unsigned int crc32_of(const void *p, unsigned long n);
int rle_pack(const char *in, char *out);
int rle_unpack(const char *in, char *out);
void base64_of(const unsigned char *in, int n, char *out);
void bigint_factorial(int n, char *digits);
struct trie;
struct trie *trie_new(void);
void trie_add(struct trie *t, const char *word);
int trie_count(const struct trie *t, const char *prefix);
int queue_josephus(int n, int k);
long calc_eval(const char *text);
int life_after(int steps);
int queens(int n);
int edit_distance(const char *a, const char *b);
long workers_sum(int threads, long n);
int pipes_through(int hops, int value);
int jump_depth(int n);
double float_pi(int n);

#endif

#!/bin/sh
# SPDX-License-Identifier: MIT
# gcc -O2 of a program of 20 files with make -j2; then it is run.
cd "$(mktemp -d)" || exit 1
cp -r /scenarios/prog . && cd prog || exit 1
make -j2 CC=gcc CFLAGS='-O2 -g -Wall' >log 2>&1 || { cat log; exit 1; }
grep -c '^gcc' log
./prog
make 2>&1 | grep -c 'up to date'
touch hash.c
make 2>&1 | grep -c '^cc'
gcc -O2 -static -o static-prog *.c -lm && ./static-prog | tail -n 1
gcc -shared -fPIC -o libhash.so hash.c
nm -D libhash.so | grep -c " T "
objdump -d prog | grep -c '<main>:'
echo 'int main(void) { return oops; }' >bad.c
gcc bad.c 2>&1 | grep -c error

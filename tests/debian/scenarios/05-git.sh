#!/bin/sh
# SPDX-License-Identifier: MIT
# git: init, add, commit, log, branch, merge, gc, fsck, clone.
cd "$(mktemp -d)" || exit 1
export HOME=$PWD GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a \
	GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_DATE='1700000000 +0000' \
	GIT_COMMITTER_DATE='1700000000 +0000' GIT_CONFIG_NOSYSTEM=1
git init -q -b main repo && cd repo || exit 1
for i in $(seq 1 300); do
	mkdir -p "d$((i % 10))"
	seq 1 "$i" >"d$((i % 10))/f$i"
done
git add -A
git commit -q -m first
git log --format='%H %s'
sed -i 's/7/seven/' d*/f*
git diff --stat | tail -n 1
git commit -qam second
git switch -q -c side HEAD~1
echo side >side.txt
git add side.txt
git commit -q -m side
git switch -q main
git merge -q --no-edit side
git log --oneline --graph | cat
git gc -q
git count-objects -v | grep -E '^(count|in-pack|packs)'
git fsck --full 2>/dev/null
echo "fsck $?"
git status --short | wc -l
cd ..
git clone -q repo copy
git -C copy log --format=%H | sha256sum
git -C copy ls-files | wc -l
git -C repo archive HEAD | tar -t | wc -l
git -C repo grep -c seven -- d3/f3 d7/f7

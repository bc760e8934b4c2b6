/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/ahead.c - asking the host for the attributes of many files at once.
 *
 * Who walks a tree (tar, git status, rm -r) asks for one file after the other;
 * each question may move the kernel to another process and back.  So a question
 * takes some of the neighbours along, in the order in which the directory's
 * nodes were found, and more of them as long as at least half of those that the
 * last one took along were wanted.
 */
#include "base/slab.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"

#define AHEAD_MAX 64u
#define SCAN_MAX  256u	      /* neighbours looked at */
#define SOON_NS	  20000000ull /* two questions in a row */

static bool
is_stale(const struct hnode *n, const struct hnode *dir, uint64_t now)
{
	if (n->is_nameless || n->is_dying || n->dev == UINT64_MAX || !n->name)
		return false;
	return now - n->checked_ns > ATTR_VALID_NS ||
	       (dir->has_changed && n->named_ns <= dir->changed_ns);
}

/* How many this question is worth. */
static uint32_t
worth(struct hostfs *fs, const struct hnode *dir, uint64_t now)
{
	bool was_good = fs->asked ? fs->wanted * 2 >= fs->asked
				  : fs->asked_dir == dir->ino &&
					    now - fs->asked_ns < SOON_NS;

	if (was_good)
		fs->worth = MIN(MAX(fs->worth, 1u) * 4, AHEAD_MAX);
	else
		fs->worth = MAX(fs->worth / 4, 1u);
	fs->asked_dir = dir->ino;
	fs->asked_ns = now;
	fs->asked = fs->wanted = 0;
	return fs->worth;
}

/* @n and those after it that are stale as well, each counted. */
static uint32_t
gather(struct hnode *n, uint32_t max, uint64_t now, hosthandle_t h,
       struct host_stat_req *req, struct hnode **who)
{
	struct list *at = &n->kid;
	uint32_t count = 0;

	for (uint32_t i = 0; i < SCAN_MAX && count < max; i++) {
		struct hnode *k = LIST_ENTRY(at, struct hnode, kid);

		if (k == n || is_stale(k, n->dir, now)) {
			inode_get(k->i);
			req[count] = (struct host_stat_req){
				.dir = (uint64_t)h.n,
				.name = (uint64_t)k->name,
			};
			who[count++] = k;
		}
		at = at->next;
		if (at == &n->dir->kids)
			break;
	}
	return count;
}

static void
take_all(struct hostfs *fs, const struct host_stat_req *req, struct hnode **who,
	 uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct hnode *k = who[i];

		if (!req[i].err && !k->is_nameless &&
		    !hnode_take(k, &req[i].st)) {
			k->named_ns = k->checked_ns;
			k->came_along = i > 0;
			fs->asked += i > 0;
		}
		inode_put(k->i);
	}
}

int
hnode_refresh_named(struct hnode *n)
{
	uint64_t now = clock_monotonic_ns();
	struct hostfs *fs = n->fs;
	struct hnode *dir = n->dir, **who;
	struct host_stat_req *req;
	uint32_t count, max;
	hosthandle_t h;
	int err;

	if (!dir || n->is_nameless)
		return -ESTALE;
	max = worth(fs, dir, now);
	err = hnode_handle(dir, false, &h);
	if (err)
		return err;
	req = kmalloc(max * (sizeof(*req) + sizeof(*who)));
	if (!req)
		return -ENOMEM;
	who = (struct hnode **)(req + max);
	count = gather(n, max, now, h, req, who);
	err = (int)HYPER2(HOST_STATS, req, count);
	if (!err) {
		err = (int)req[0].err;
		if (!err && req[0].st.ino != n->ino)
			err = -ESTALE;
	}
	if (!err) {
		take_all(fs, req, who, count);
		err = n->checked_ns >= now ? 0 : -ESTALE;
	} else {
		for (uint32_t i = 0; i < count; i++)
			inode_put(who[i]->i);
	}
	kfree(req);
	return err;
}

void
hnode_wanted(struct hnode *n)
{
	n->fs->wanted += n->came_along;
	n->came_along = false;
}

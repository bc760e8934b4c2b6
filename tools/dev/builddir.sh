# SPDX-License-Identifier: MIT
#
# tools/dev/builddir.sh - sourced, in the top of the tree: sets $builds, the
# folder that build directories go to, and defines build().

# The tree, if it is ours; else a place in our cache that is named after it.
if [ -O . ] && [ -w . ]; then
	builds=.
else
	builds=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/vivarium/$(
		pwd | cksum | cut -d' ' -f1)
	mkdir -p "$builds"
fi

# build DIR SETUP-OPTIONS -- [TARGET...]: quiet when it works.
build() {
	dir=$1
	shift
	log=$dir.build-log
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	if [ ! -f "$dir/build.ninja" ]; then
		rm -rf "$dir"
		meson setup "$dir" $options >"$log" 2>&1 || {
			cat "$log" >&2
			return 1
		}
	fi
	ninja -C "$dir" "$@" >"$log" 2>&1 || {
		tail -n 60 "$log" >&2
		return 1
	}
	rm -f "$log"
}

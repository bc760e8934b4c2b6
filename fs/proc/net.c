/* SPDX-License-Identifier: MIT */
/* fs/proc/net.c - /proc/net: what netstat, ss and the resolver read. */
#include "fs/proc/internal.h"

#define TEXT(name, text)                                                       \
	{                                                                      \
		name, LX_S_IFREG | 0444, ROW_FIXED, .show = proc_show_text,    \
			.value = text                                          \
	}

/* The kernel has no network devices of its own but those net/ registers. */
static const char dev_text[] =
	"Inter-|   Receive                                                |"
	"  Transmit\n"
	" face |bytes    packets errs drop fifo frame compressed multicast|"
	"bytes    packets errs drop fifo colls carrier compressed\n";
static const char tcp_text[] =
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
	"retrnsmt   uid  timeout inode"
	"                                                     \n";
static const char udp_text[] =
	"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
	"retrnsmt   uid  timeout inode ref pointer drops             \n";
static const char tcp6_text[] =
	"  sl  local_address                         remote_address"
	"                        st tx_queue rx_queue tr tm->when retrnsmt"
	"   uid  timeout inode\n";
static const char udp6_text[] =
	"  sl  local_address                         remote_address"
	"                        st tx_queue rx_queue tr tm->when retrnsmt"
	"   uid  timeout inode ref pointer drops\n";
static const char route_text[] =
	"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\t"
	"MTU\tWindow\tIRTT"
	"                                                       \n";

static const struct proc_row rows[] = {
	{"", LX_S_IFDIR | 0555, .flags = ROW_FIXED},
	TEXT("arp", "IP address       HW type     Flags       HW address"
		    "            Mask     Device\n"),
	TEXT("dev", (void *)dev_text),
	TEXT("if_inet6", ""),
	TEXT("netlink", "sk               Eth Pid        Groups   Rmem     "
			"Wmem     Dump  Locks    Drops    Inode\n"),
	TEXT("packet", "sk       RefCnt Type Proto  Iface R Rmem   User   "
		       "Inode\n"),
	TEXT("protocols", "protocol  size sockets  memory press maxhdr  slab "
			  "module\n"),
	TEXT("raw", (void *)udp_text),
	TEXT("raw6", (void *)udp6_text),
	TEXT("route", (void *)route_text),
	TEXT("tcp", (void *)tcp_text),
	TEXT("tcp6", (void *)tcp6_text),
	TEXT("udp", (void *)udp_text),
	TEXT("udp6", (void *)udp6_text),
	TEXT("unix", "Num       RefCount Protocol Flags    Type St Inode "
		     "Path\n"),
};

const struct proc_tree proc_net_tree = PROC_TREE(rows);

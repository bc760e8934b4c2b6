/* SPDX-License-Identifier: MIT */
/* fs/proc/net.c - /proc/net: what netstat, ss and the resolver read. */
#include "fs/proc/internal.h"
#include "include/abi/socket.h"
#include "net/sock.h"

#define TEXT(name, text)                                                       \
	{                                                                      \
		name, LX_S_IFREG | 0444, ROW_FIXED, .show = proc_show_text,    \
						    .value = text              \
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

/* Linux: kernel addresses are not for everybody; all see zeros. */
static void
add_unix(const struct unix_info *ui, void *arg)
{
	struct strbuf *sb = arg;
	const struct lx_sockaddr_un *un = NULL;
	size_t len = 0;

	strbuf_add(sb, "%016x: %08X 00000000 %08X %04X %02X %5llu", 0, ui->refs,
		   ui->is_listening ? 0x10000u : 0, (unsigned int)ui->type,
		   ui->state, (unsigned long long)ui->ino);
	if (ui->addr && ui->addr->len > 2) {
		un = &ui->addr->un;
		len = ui->addr->len - 2;
	}
	if (un && un->sun_path[0])
		strbuf_add(sb, " %.*s", (int)strnlen(un->sun_path, len),
			   un->sun_path);
	/* Abstract: its NULs are shown as '@'. */
	for (size_t k = 0; un && !un->sun_path[0] && k < len; k++)
		strbuf_add(sb, "%s%c", k ? "" : " ",
			   un->sun_path[k] ? un->sun_path[k] : '@');
	strbuf_add(sb, "\n");
}

static PROC_SHOW(unix_show)
{
	(void)pi;
	strbuf_add(sb, "Num               RefCount Protocol Flags    Type St "
		       "Inode Path\n");
	unix_each(add_unix, sb);
	return 0;
}

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
	{"unix", LX_S_IFREG | 0444, ROW_FIXED, .show = unix_show},
};

const struct proc_tree proc_net_tree = PROC_TREE(rows);

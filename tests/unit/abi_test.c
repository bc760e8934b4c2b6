/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/abi_test.c - include/abi against the C library's headers: every
 * constant, and the structures the library passes on unchanged.  All of it is
 * checked by the compiler; running it only says how much was.  What the
 * library shows differently (termios, sigaction) is in abi_uapi_test.c.
 */
#include <elf.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/falloc.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <linux/kd.h>
#include <linux/magic.h>
#include <linux/membarrier.h>
#include <linux/memfd.h>
#include <linux/mempolicy.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/personality.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/reboot.h>
#include <linux/rseq.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <linux/sockios.h>
#include <linux/vt.h>
#include <linux/xattr.h>

#include <asm/prctl.h>
#include <asm/termbits.h>

#include "include/abi/capability.h"
#include "include/abi/dirent.h"
#include "include/abi/elf.h"
#include "include/abi/fcntl.h"
#include "include/abi/futex.h"
#include "include/abi/ioctl.h"
#include "include/abi/ipc.h"
#include "include/abi/misc.h"
#include "include/abi/mman.h"
#include "include/abi/mount.h"
#include "include/abi/poll.h"
#include "include/abi/prctl.h"
#include "include/abi/process.h"
#include "include/abi/ptrace.h"
#include "include/abi/reboot.h"
#include "include/abi/resource.h"
#include "include/abi/sched.h"
#include "include/abi/seccomp.h"
#include "include/abi/signal.h"
#include "include/abi/socket.h"
#include "include/abi/stat.h"
#include "include/abi/statfs.h"
#include "include/abi/sysinfo.h"
#include "include/abi/time.h"
#include "include/abi/ucontext.h"
#include "include/abi/uio.h"
#include "include/abi/utsname.h"
#include "include/abi/wait.h"

/* Last: it fills in names the headers above lack. */
#include "tests/unit/abi_newer.h"

#define ABI(group, name, value)                                                \
	_Static_assert((uint32_t)(name) == (uint32_t)(value), #name);
#include "include/abi/capability.def"
#include "include/abi/elf.def"
#include "include/abi/fcntl.def"
#include "include/abi/futex.def"
#include "include/abi/ioctl.def"
#include "include/abi/ipc.def"
#include "include/abi/misc.def"
#include "include/abi/mman.def"
#include "include/abi/mount.def"
#include "include/abi/poll.def"
#include "include/abi/prctl.def"
#include "include/abi/process.def"
#include "include/abi/ptrace.def"
#include "include/abi/reboot.def"
#include "include/abi/resource.def"
#include "include/abi/sched.def"
#include "include/abi/seccomp.def"
#include "include/abi/signal.def"
#include "include/abi/socket.def"
#include "include/abi/stat.def"
#include "include/abi/statfs.def"
#include "include/abi/termios.def"
#include "include/abi/time.def"
#include "include/abi/wait.def"
#undef ABI

/* Same size; same place and size of a member. */
#define SIZE(lx, host) _Static_assert(sizeof(struct lx) == sizeof(host), #lx);
#define SAME(lx, member, host, theirs)                                         \
	_Static_assert(offsetof(struct lx, member) == offsetof(host, theirs),  \
		       #lx "." #member);                                       \
	_Static_assert(sizeof(((struct lx *)0)->member) ==                     \
			       sizeof(((host *)0)->theirs),                    \
		       #lx "." #member);

SIZE(lx_open_how, struct open_how)
SAME(lx_open_how, flags, struct open_how, flags)
SAME(lx_open_how, mode, struct open_how, mode)
SAME(lx_open_how, resolve, struct open_how, resolve)
SIZE(lx_ipc_perm, struct ipc_perm)
SIZE(lx_shmid_ds, struct shmid_ds)
SIZE(lx_shminfo, struct shminfo)
SIZE(lx_shm_info, struct shm_info)
SIZE(lx_semid_ds, struct semid_ds)
SIZE(lx_sembuf, struct sembuf)
SIZE(lx_seminfo, struct seminfo)
SIZE(lx_msqid_ds, struct msqid_ds)
SIZE(lx_msginfo, struct msginfo)
SIZE(lx_flock, struct flock)
SAME(lx_flock, l_type, struct flock, l_type)
SAME(lx_flock, l_whence, struct flock, l_whence)
SAME(lx_flock, l_start, struct flock, l_start)
SAME(lx_flock, l_len, struct flock, l_len)
SAME(lx_flock, l_pid, struct flock, l_pid)
SIZE(lx_f_owner_ex, struct f_owner_ex)
SAME(lx_f_owner_ex, type, struct f_owner_ex, type)
SAME(lx_f_owner_ex, pid, struct f_owner_ex, pid)
SIZE(lx_stat, struct stat)
SAME(lx_stat, st_dev, struct stat, st_dev)
SAME(lx_stat, st_ino, struct stat, st_ino)
SAME(lx_stat, st_nlink, struct stat, st_nlink)
SAME(lx_stat, st_mode, struct stat, st_mode)
SAME(lx_stat, st_uid, struct stat, st_uid)
SAME(lx_stat, st_gid, struct stat, st_gid)
SAME(lx_stat, st_rdev, struct stat, st_rdev)
SAME(lx_stat, st_size, struct stat, st_size)
SAME(lx_stat, st_blksize, struct stat, st_blksize)
SAME(lx_stat, st_blocks, struct stat, st_blocks)
SAME(lx_stat, st_atim, struct stat, st_atim)
SAME(lx_stat, st_mtim, struct stat, st_mtim)
SAME(lx_stat, st_ctim, struct stat, st_ctim)
SIZE(lx_statx, struct statx)
SAME(lx_statx, stx_mask, struct statx, stx_mask)
SAME(lx_statx, stx_blksize, struct statx, stx_blksize)
SAME(lx_statx, stx_attributes, struct statx, stx_attributes)
SAME(lx_statx, stx_nlink, struct statx, stx_nlink)
SAME(lx_statx, stx_uid, struct statx, stx_uid)
SAME(lx_statx, stx_gid, struct statx, stx_gid)
SAME(lx_statx, stx_mode, struct statx, stx_mode)
SAME(lx_statx, stx_ino, struct statx, stx_ino)
SAME(lx_statx, stx_size, struct statx, stx_size)
SAME(lx_statx, stx_blocks, struct statx, stx_blocks)
SAME(lx_statx, stx_attributes_mask, struct statx, stx_attributes_mask)
SAME(lx_statx, stx_atime.tv_sec, struct statx, stx_atime.tv_sec)
SAME(lx_statx, stx_atime.tv_nsec, struct statx, stx_atime.tv_nsec)
SAME(lx_statx, stx_btime, struct statx, stx_btime)
SAME(lx_statx, stx_ctime, struct statx, stx_ctime)
SAME(lx_statx, stx_mtime, struct statx, stx_mtime)
SAME(lx_statx, stx_rdev_major, struct statx, stx_rdev_major)
SAME(lx_statx, stx_rdev_minor, struct statx, stx_rdev_minor)
SAME(lx_statx, stx_dev_major, struct statx, stx_dev_major)
SAME(lx_statx, stx_dev_minor, struct statx, stx_dev_minor)
SAME(lx_statx, stx_mnt_id, struct statx, stx_mnt_id)
SIZE(lx_statfs, struct statfs)
SAME(lx_statfs, f_type, struct statfs, f_type)
SAME(lx_statfs, f_bsize, struct statfs, f_bsize)
SAME(lx_statfs, f_blocks, struct statfs, f_blocks)
SAME(lx_statfs, f_bfree, struct statfs, f_bfree)
SAME(lx_statfs, f_bavail, struct statfs, f_bavail)
SAME(lx_statfs, f_files, struct statfs, f_files)
SAME(lx_statfs, f_ffree, struct statfs, f_ffree)
SAME(lx_statfs, f_fsid, struct statfs, f_fsid)
SAME(lx_statfs, f_namelen, struct statfs, f_namelen)
SAME(lx_statfs, f_frsize, struct statfs, f_frsize)
SAME(lx_statfs, f_flags, struct statfs, f_flags)
SIZE(lx_sigaltstack, stack_t)
SAME(lx_sigaltstack, ss_sp, stack_t, ss_sp)
SAME(lx_sigaltstack, ss_flags, stack_t, ss_flags)
SAME(lx_sigaltstack, ss_size, stack_t, ss_size)
SIZE(lx_siginfo, siginfo_t)
SAME(lx_siginfo, si_signo, siginfo_t, si_signo)
SAME(lx_siginfo, si_errno, siginfo_t, si_errno)
SAME(lx_siginfo, si_code, siginfo_t, si_code)
SAME(lx_siginfo, kill.pid, siginfo_t, si_pid)
SAME(lx_siginfo, kill.uid, siginfo_t, si_uid)
SAME(lx_siginfo, timer.tid, siginfo_t, si_timerid)
SAME(lx_siginfo, timer.overrun, siginfo_t, si_overrun)
SAME(lx_siginfo, timer.value, siginfo_t, si_value)
SAME(lx_siginfo, rt.pid, siginfo_t, si_pid)
SAME(lx_siginfo, rt.value, siginfo_t, si_value)
SAME(lx_siginfo, chld.status, siginfo_t, si_status)
SAME(lx_siginfo, chld.utime, siginfo_t, si_utime)
SAME(lx_siginfo, chld.stime, siginfo_t, si_stime)
SAME(lx_siginfo, fault.addr, siginfo_t, si_addr)
SAME(lx_siginfo, fault.addr_lsb, siginfo_t, si_addr_lsb)
SAME(lx_siginfo, fault.lower, siginfo_t, si_lower)
SAME(lx_siginfo, fault.upper, siginfo_t, si_upper)
SAME(lx_siginfo, poll.band, siginfo_t, si_band)
SAME(lx_siginfo, poll.fd, siginfo_t, si_fd)
SAME(lx_siginfo, sys.call_addr, siginfo_t, si_call_addr)
SAME(lx_siginfo, sys.syscall, siginfo_t, si_syscall)
SAME(lx_siginfo, sys.arch, siginfo_t, si_arch)
SIZE(lx_sigevent, struct sigevent)
SAME(lx_sigevent, sigev_value, struct sigevent, sigev_value)
SAME(lx_sigevent, sigev_signo, struct sigevent, sigev_signo)
SAME(lx_sigevent, sigev_notify, struct sigevent, sigev_notify)
SIZE(lx_timespec, struct timespec)
SAME(lx_timespec, tv_sec, struct timespec, tv_sec)
SAME(lx_timespec, tv_nsec, struct timespec, tv_nsec)
SIZE(lx_timeval, struct timeval)
SAME(lx_timeval, tv_sec, struct timeval, tv_sec)
SAME(lx_timeval, tv_usec, struct timeval, tv_usec)
SIZE(lx_itimerspec, struct itimerspec)
SAME(lx_itimerspec, it_interval, struct itimerspec, it_interval)
SAME(lx_itimerspec, it_value, struct itimerspec, it_value)
SIZE(lx_itimerval, struct itimerval)
SAME(lx_itimerval, it_interval, struct itimerval, it_interval)
SAME(lx_itimerval, it_value, struct itimerval, it_value)
SIZE(lx_timezone, struct timezone)
SAME(lx_timezone, tz_minuteswest, struct timezone, tz_minuteswest)
SAME(lx_timezone, tz_dsttime, struct timezone, tz_dsttime)
SIZE(lx_utimbuf, struct utimbuf)
SAME(lx_utimbuf, actime, struct utimbuf, actime)
SAME(lx_utimbuf, modtime, struct utimbuf, modtime)
SIZE(lx_tms, struct tms)
SAME(lx_tms, tms_utime, struct tms, tms_utime)
SAME(lx_tms, tms_stime, struct tms, tms_stime)
SAME(lx_tms, tms_cutime, struct tms, tms_cutime)
SAME(lx_tms, tms_cstime, struct tms, tms_cstime)
SIZE(lx_timex, struct timex)
SAME(lx_timex, modes, struct timex, modes)
SAME(lx_timex, offset, struct timex, offset)
SAME(lx_timex, freq, struct timex, freq)
SAME(lx_timex, maxerror, struct timex, maxerror)
SAME(lx_timex, esterror, struct timex, esterror)
SAME(lx_timex, status, struct timex, status)
SAME(lx_timex, constant, struct timex, constant)
SAME(lx_timex, precision, struct timex, precision)
SAME(lx_timex, tolerance, struct timex, tolerance)
SAME(lx_timex, time, struct timex, time)
SAME(lx_timex, tick, struct timex, tick)
SAME(lx_timex, ppsfreq, struct timex, ppsfreq)
SAME(lx_timex, jitter, struct timex, jitter)
SAME(lx_timex, shift, struct timex, shift)
SAME(lx_timex, stabil, struct timex, stabil)
SAME(lx_timex, jitcnt, struct timex, jitcnt)
SAME(lx_timex, calcnt, struct timex, calcnt)
SAME(lx_timex, errcnt, struct timex, errcnt)
SAME(lx_timex, stbcnt, struct timex, stbcnt)
SAME(lx_timex, tai, struct timex, tai)
SIZE(lx_winsize, struct winsize)
SAME(lx_winsize, ws_row, struct winsize, ws_row)
SAME(lx_winsize, ws_col, struct winsize, ws_col)
SAME(lx_winsize, ws_xpixel, struct winsize, ws_xpixel)
SAME(lx_winsize, ws_ypixel, struct winsize, ws_ypixel)
SIZE(lx_file_clone_range, struct file_clone_range)
SAME(lx_file_clone_range, src_fd, struct file_clone_range, src_fd)
SAME(lx_file_clone_range, src_offset, struct file_clone_range, src_offset)
SAME(lx_file_clone_range, src_length, struct file_clone_range, src_length)
SAME(lx_file_clone_range, dest_offset, struct file_clone_range, dest_offset)
SIZE(lx_sockaddr, struct sockaddr)
SAME(lx_sockaddr, sa_family, struct sockaddr, sa_family)
SAME(lx_sockaddr, sa_data, struct sockaddr, sa_data)
SIZE(lx_sockaddr_storage, struct sockaddr_storage)
SAME(lx_sockaddr_storage, ss_family, struct sockaddr_storage, ss_family)
SIZE(lx_sockaddr_un, struct sockaddr_un)
SAME(lx_sockaddr_un, sun_family, struct sockaddr_un, sun_family)
SAME(lx_sockaddr_un, sun_path, struct sockaddr_un, sun_path)
SIZE(lx_sockaddr_in, struct sockaddr_in)
SAME(lx_sockaddr_in, sin_family, struct sockaddr_in, sin_family)
SAME(lx_sockaddr_in, sin_port, struct sockaddr_in, sin_port)
SAME(lx_sockaddr_in, sin_addr, struct sockaddr_in, sin_addr)
SIZE(lx_sockaddr_in6, struct sockaddr_in6)
SAME(lx_sockaddr_in6, sin6_family, struct sockaddr_in6, sin6_family)
SAME(lx_sockaddr_in6, sin6_port, struct sockaddr_in6, sin6_port)
SAME(lx_sockaddr_in6, sin6_flowinfo, struct sockaddr_in6, sin6_flowinfo)
SAME(lx_sockaddr_in6, sin6_addr, struct sockaddr_in6, sin6_addr)
SAME(lx_sockaddr_in6, sin6_scope_id, struct sockaddr_in6, sin6_scope_id)
SIZE(lx_sockaddr_nl, struct sockaddr_nl)
SAME(lx_sockaddr_nl, nl_family, struct sockaddr_nl, nl_family)
SAME(lx_sockaddr_nl, nl_pid, struct sockaddr_nl, nl_pid)
SAME(lx_sockaddr_nl, nl_groups, struct sockaddr_nl, nl_groups)
SIZE(lx_msghdr, struct msghdr)
SAME(lx_msghdr, msg_name, struct msghdr, msg_name)
SAME(lx_msghdr, msg_namelen, struct msghdr, msg_namelen)
SAME(lx_msghdr, msg_iov, struct msghdr, msg_iov)
SAME(lx_msghdr, msg_iovlen, struct msghdr, msg_iovlen)
SAME(lx_msghdr, msg_control, struct msghdr, msg_control)
SAME(lx_msghdr, msg_controllen, struct msghdr, msg_controllen)
SAME(lx_msghdr, msg_flags, struct msghdr, msg_flags)
SIZE(lx_mmsghdr, struct mmsghdr)
SAME(lx_mmsghdr, msg_hdr, struct mmsghdr, msg_hdr)
SAME(lx_mmsghdr, msg_len, struct mmsghdr, msg_len)
SIZE(lx_cmsghdr, struct cmsghdr)
SAME(lx_cmsghdr, cmsg_len, struct cmsghdr, cmsg_len)
SAME(lx_cmsghdr, cmsg_level, struct cmsghdr, cmsg_level)
SAME(lx_cmsghdr, cmsg_type, struct cmsghdr, cmsg_type)
SIZE(lx_ucred, struct ucred)
SAME(lx_ucred, pid, struct ucred, pid)
SAME(lx_ucred, uid, struct ucred, uid)
SAME(lx_ucred, gid, struct ucred, gid)
SIZE(lx_linger, struct linger)
SAME(lx_linger, l_onoff, struct linger, l_onoff)
SAME(lx_linger, l_linger, struct linger, l_linger)
SIZE(lx_iovec, struct iovec)
SAME(lx_iovec, iov_base, struct iovec, iov_base)
SAME(lx_iovec, iov_len, struct iovec, iov_len)
SIZE(lx_elf64_ehdr, Elf64_Ehdr)
SAME(lx_elf64_ehdr, e_ident, Elf64_Ehdr, e_ident)
SAME(lx_elf64_ehdr, e_type, Elf64_Ehdr, e_type)
SAME(lx_elf64_ehdr, e_machine, Elf64_Ehdr, e_machine)
SAME(lx_elf64_ehdr, e_version, Elf64_Ehdr, e_version)
SAME(lx_elf64_ehdr, e_entry, Elf64_Ehdr, e_entry)
SAME(lx_elf64_ehdr, e_phoff, Elf64_Ehdr, e_phoff)
SAME(lx_elf64_ehdr, e_shoff, Elf64_Ehdr, e_shoff)
SAME(lx_elf64_ehdr, e_flags, Elf64_Ehdr, e_flags)
SAME(lx_elf64_ehdr, e_ehsize, Elf64_Ehdr, e_ehsize)
SAME(lx_elf64_ehdr, e_phentsize, Elf64_Ehdr, e_phentsize)
SAME(lx_elf64_ehdr, e_phnum, Elf64_Ehdr, e_phnum)
SAME(lx_elf64_ehdr, e_shentsize, Elf64_Ehdr, e_shentsize)
SAME(lx_elf64_ehdr, e_shnum, Elf64_Ehdr, e_shnum)
SAME(lx_elf64_ehdr, e_shstrndx, Elf64_Ehdr, e_shstrndx)
SIZE(lx_elf64_phdr, Elf64_Phdr)
SAME(lx_elf64_phdr, p_type, Elf64_Phdr, p_type)
SAME(lx_elf64_phdr, p_flags, Elf64_Phdr, p_flags)
SAME(lx_elf64_phdr, p_offset, Elf64_Phdr, p_offset)
SAME(lx_elf64_phdr, p_vaddr, Elf64_Phdr, p_vaddr)
SAME(lx_elf64_phdr, p_paddr, Elf64_Phdr, p_paddr)
SAME(lx_elf64_phdr, p_filesz, Elf64_Phdr, p_filesz)
SAME(lx_elf64_phdr, p_memsz, Elf64_Phdr, p_memsz)
SAME(lx_elf64_phdr, p_align, Elf64_Phdr, p_align)
SIZE(lx_elf64_nhdr, Elf64_Nhdr)
SAME(lx_elf64_nhdr, n_namesz, Elf64_Nhdr, n_namesz)
SAME(lx_elf64_nhdr, n_descsz, Elf64_Nhdr, n_descsz)
SAME(lx_elf64_nhdr, n_type, Elf64_Nhdr, n_type)
SIZE(lx_auxv, Elf64_auxv_t)
SAME(lx_auxv, a_type, Elf64_auxv_t, a_type)
SAME(lx_auxv, a_val, Elf64_auxv_t, a_un.a_val)
SIZE(lx_robust_list_head, struct robust_list_head)
SAME(lx_robust_list_head, list_next, struct robust_list_head, list.next)
SAME(lx_robust_list_head, futex_offset, struct robust_list_head, futex_offset)
SAME(lx_robust_list_head, list_op_pending, struct robust_list_head,
     list_op_pending)
SIZE(lx_futex_waitv, struct futex_waitv)
SAME(lx_futex_waitv, val, struct futex_waitv, val)
SAME(lx_futex_waitv, uaddr, struct futex_waitv, uaddr)
SAME(lx_futex_waitv, flags, struct futex_waitv, flags)
SIZE(lx_clone_args, struct clone_args)
SAME(lx_clone_args, flags, struct clone_args, flags)
SAME(lx_clone_args, pidfd, struct clone_args, pidfd)
SAME(lx_clone_args, child_tid, struct clone_args, child_tid)
SAME(lx_clone_args, parent_tid, struct clone_args, parent_tid)
SAME(lx_clone_args, exit_signal, struct clone_args, exit_signal)
SAME(lx_clone_args, stack, struct clone_args, stack)
SAME(lx_clone_args, stack_size, struct clone_args, stack_size)
SAME(lx_clone_args, tls, struct clone_args, tls)
SAME(lx_clone_args, set_tid, struct clone_args, set_tid)
SAME(lx_clone_args, set_tid_size, struct clone_args, set_tid_size)
SAME(lx_clone_args, cgroup, struct clone_args, cgroup)
SIZE(lx_rlimit, struct rlimit)
SAME(lx_rlimit, rlim_cur, struct rlimit, rlim_cur)
SAME(lx_rlimit, rlim_max, struct rlimit, rlim_max)
SIZE(lx_rusage, struct rusage)
SAME(lx_rusage, ru_utime, struct rusage, ru_utime)
SAME(lx_rusage, ru_stime, struct rusage, ru_stime)
SAME(lx_rusage, ru_maxrss, struct rusage, ru_maxrss)
SAME(lx_rusage, ru_minflt, struct rusage, ru_minflt)
SAME(lx_rusage, ru_majflt, struct rusage, ru_majflt)
SAME(lx_rusage, ru_inblock, struct rusage, ru_inblock)
SAME(lx_rusage, ru_oublock, struct rusage, ru_oublock)
SAME(lx_rusage, ru_nvcsw, struct rusage, ru_nvcsw)
SAME(lx_rusage, ru_nivcsw, struct rusage, ru_nivcsw)
SIZE(lx_pollfd, struct pollfd)
SAME(lx_pollfd, fd, struct pollfd, fd)
SAME(lx_pollfd, events, struct pollfd, events)
SAME(lx_pollfd, revents, struct pollfd, revents)
SIZE(lx_epoll_event, struct epoll_event)
SAME(lx_epoll_event, events, struct epoll_event, events)
SAME(lx_epoll_event, data, struct epoll_event, data)
SIZE(lx_signalfd_siginfo, struct signalfd_siginfo)
SAME(lx_signalfd_siginfo, ssi_signo, struct signalfd_siginfo, ssi_signo)
SAME(lx_signalfd_siginfo, ssi_errno, struct signalfd_siginfo, ssi_errno)
SAME(lx_signalfd_siginfo, ssi_code, struct signalfd_siginfo, ssi_code)
SAME(lx_signalfd_siginfo, ssi_pid, struct signalfd_siginfo, ssi_pid)
SAME(lx_signalfd_siginfo, ssi_uid, struct signalfd_siginfo, ssi_uid)
SAME(lx_signalfd_siginfo, ssi_fd, struct signalfd_siginfo, ssi_fd)
SAME(lx_signalfd_siginfo, ssi_tid, struct signalfd_siginfo, ssi_tid)
SAME(lx_signalfd_siginfo, ssi_band, struct signalfd_siginfo, ssi_band)
SAME(lx_signalfd_siginfo, ssi_overrun, struct signalfd_siginfo, ssi_overrun)
SAME(lx_signalfd_siginfo, ssi_trapno, struct signalfd_siginfo, ssi_trapno)
SAME(lx_signalfd_siginfo, ssi_status, struct signalfd_siginfo, ssi_status)
SAME(lx_signalfd_siginfo, ssi_int, struct signalfd_siginfo, ssi_int)
SAME(lx_signalfd_siginfo, ssi_ptr, struct signalfd_siginfo, ssi_ptr)
SAME(lx_signalfd_siginfo, ssi_utime, struct signalfd_siginfo, ssi_utime)
SAME(lx_signalfd_siginfo, ssi_stime, struct signalfd_siginfo, ssi_stime)
SAME(lx_signalfd_siginfo, ssi_addr, struct signalfd_siginfo, ssi_addr)
SAME(lx_signalfd_siginfo, ssi_addr_lsb, struct signalfd_siginfo, ssi_addr_lsb)
SAME(lx_signalfd_siginfo, ssi_syscall, struct signalfd_siginfo, ssi_syscall)
SAME(lx_signalfd_siginfo, ssi_call_addr, struct signalfd_siginfo, ssi_call_addr)
SAME(lx_signalfd_siginfo, ssi_arch, struct signalfd_siginfo, ssi_arch)
SIZE(lx_inotify_event, struct inotify_event)
SAME(lx_inotify_event, wd, struct inotify_event, wd)
SAME(lx_inotify_event, mask, struct inotify_event, mask)
SAME(lx_inotify_event, cookie, struct inotify_event, cookie)
SAME(lx_inotify_event, len, struct inotify_event, len)
SIZE(lx_cap_user_header, struct __user_cap_header_struct)
SAME(lx_cap_user_header, version, struct __user_cap_header_struct, version)
SAME(lx_cap_user_header, pid, struct __user_cap_header_struct, pid)
SIZE(lx_cap_user_data, struct __user_cap_data_struct)
SAME(lx_cap_user_data, effective, struct __user_cap_data_struct, effective)
SAME(lx_cap_user_data, permitted, struct __user_cap_data_struct, permitted)
SAME(lx_cap_user_data, inheritable, struct __user_cap_data_struct, inheritable)
SIZE(lx_vfs_cap_data, struct vfs_ns_cap_data)
SAME(lx_vfs_cap_data, magic_etc, struct vfs_ns_cap_data, magic_etc)
SAME(lx_vfs_cap_data, data, struct vfs_ns_cap_data, data)
SAME(lx_vfs_cap_data, rootid, struct vfs_ns_cap_data, rootid)
SIZE(lx_mount_attr, struct mount_attr)
SAME(lx_mount_attr, attr_set, struct mount_attr, attr_set)
SAME(lx_mount_attr, attr_clr, struct mount_attr, attr_clr)
SAME(lx_mount_attr, propagation, struct mount_attr, propagation)
SAME(lx_mount_attr, userns_fd, struct mount_attr, userns_fd)
SIZE(lx_utsname, struct utsname)
SAME(lx_utsname, sysname, struct utsname, sysname)
SAME(lx_utsname, nodename, struct utsname, nodename)
SAME(lx_utsname, release, struct utsname, release)
SAME(lx_utsname, version, struct utsname, version)
SAME(lx_utsname, machine, struct utsname, machine)
SAME(lx_utsname, domainname, struct utsname, domainname)
SIZE(lx_sysinfo, struct sysinfo)
SAME(lx_sysinfo, uptime, struct sysinfo, uptime)
SAME(lx_sysinfo, loads, struct sysinfo, loads)
SAME(lx_sysinfo, totalram, struct sysinfo, totalram)
SAME(lx_sysinfo, freeram, struct sysinfo, freeram)
SAME(lx_sysinfo, sharedram, struct sysinfo, sharedram)
SAME(lx_sysinfo, bufferram, struct sysinfo, bufferram)
SAME(lx_sysinfo, totalswap, struct sysinfo, totalswap)
SAME(lx_sysinfo, freeswap, struct sysinfo, freeswap)
SAME(lx_sysinfo, procs, struct sysinfo, procs)
SAME(lx_sysinfo, totalhigh, struct sysinfo, totalhigh)
SAME(lx_sysinfo, freehigh, struct sysinfo, freehigh)
SAME(lx_sysinfo, mem_unit, struct sysinfo, mem_unit)
SIZE(lx_seccomp_data, struct seccomp_data)
SAME(lx_seccomp_data, nr, struct seccomp_data, nr)
SAME(lx_seccomp_data, arch, struct seccomp_data, arch)
SAME(lx_seccomp_data, instruction_pointer, struct seccomp_data,
     instruction_pointer)
SAME(lx_seccomp_data, args, struct seccomp_data, args)
SIZE(lx_ptrace_syscall_info, struct ptrace_syscall_info)
SAME(lx_ptrace_syscall_info, op, struct ptrace_syscall_info, op)
SAME(lx_ptrace_syscall_info, arch, struct ptrace_syscall_info, arch)
SAME(lx_ptrace_syscall_info, instruction_pointer, struct ptrace_syscall_info,
     instruction_pointer)
SAME(lx_ptrace_syscall_info, stack_pointer, struct ptrace_syscall_info,
     stack_pointer)
SAME(lx_ptrace_syscall_info, entry.args, struct ptrace_syscall_info, entry.args)
SAME(lx_ptrace_syscall_info, exit.is_error, struct ptrace_syscall_info,
     exit.is_error)
SAME(lx_ptrace_syscall_info, seccomp.ret_data, struct ptrace_syscall_info,
     seccomp.ret_data)
SIZE(lx_rseq_cs, struct rseq_cs)
SAME(lx_rseq_cs, version, struct rseq_cs, version)
SAME(lx_rseq_cs, flags, struct rseq_cs, flags)
SAME(lx_rseq_cs, start_ip, struct rseq_cs, start_ip)
SAME(lx_rseq_cs, post_commit_offset, struct rseq_cs, post_commit_offset)
SAME(lx_rseq_cs, abort_ip, struct rseq_cs, abort_ip)

/* These differ by what newer kernels append. */
SAME(lx_rseq, cpu_id_start, struct rseq, cpu_id_start)
SAME(lx_rseq, cpu_id, struct rseq, cpu_id)
SAME(lx_rseq, rseq_cs, struct rseq, rseq_cs)
SAME(lx_rseq, flags, struct rseq, flags)
_Static_assert(sizeof(struct lx_statx) == 256, "statx");
_Static_assert(offsetof(struct lx_statx, stx_atomic_write_unit_max_opt) == 0xb8,
	       "statx");

/* Values that are macros here and there. */
#define VALUE(name) _Static_assert((LX_##name) == (name), #name);
VALUE(O_ACCMODE)
VALUE(AT_FDCWD)
VALUE(S_IFMT)
VALUE(STATX_BASIC_STATS)
VALUE(UTIME_NOW)
VALUE(UTIME_OMIT)
VALUE(FUTEX_BITSET_MATCH_ANY)
VALUE(FUTEX_TID_MASK)
VALUE(CSIGNAL)
VALUE(CLONE_CLEAR_SIGHAND)
VALUE(CLONE_INTO_CGROUP)
VALUE(RLIM_INFINITY)
VALUE(CAP_LAST_CAP)
VALUE(XATTR_SIZE_MAX)
VALUE(PR_SET_PTRACER_ANY)
VALUE(IOPRIO_CLASS_SHIFT)
_Static_assert(LX_CMSG_SPACE(5) == CMSG_SPACE(5), "CMSG_SPACE");
_Static_assert(LX_CMSG_LEN(5) == CMSG_LEN(5), "CMSG_LEN");
_Static_assert(LX_IFTODT(S_IFLNK) == LX_DT_LNK, "IFTODT");

/* What the compiler can't judge: device numbers, against makedev(3). */
int
main(void)
{
	static const uint32_t n[] = {0, 1, 5, 255, 256, 4095, 0xfffff};

	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		for (size_t j = 0; j < sizeof(n) / sizeof(n[0]); j++) {
			uint64_t dev = lx_makedev(n[i], n[j]);

			if (dev != makedev(n[i], n[j]) ||
			    lx_major(dev) != n[i] || lx_minor(dev) != n[j]) {
				printf("makedev %u %u\n", n[i], n[j]);
				return 1;
			}
		}
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * include/abi/termios.h - terminal attributes as ioctl_tty(2) passes them
 * (not as termios(3) does).
 */
#ifndef ABI_TERMIOS_H
#define ABI_TERMIOS_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/termios.def"
#undef ABI
};

#define LX_NCCS 19

/* TCGETS, TCSETS. */
struct lx_termios {
	uint32_t c_iflag;
	uint32_t c_oflag;
	uint32_t c_cflag;
	uint32_t c_lflag;
	uint8_t c_line;
	uint8_t c_cc[LX_NCCS]; /* indexed by LX_VINTR and kin */
};

/* TCGETS2, TCSETS2. */
struct lx_termios2 {
	uint32_t c_iflag;
	uint32_t c_oflag;
	uint32_t c_cflag;
	uint32_t c_lflag;
	uint8_t c_line;
	uint8_t c_cc[LX_NCCS];
	uint32_t c_ispeed;
	uint32_t c_ospeed;
};

/* TCGETA, TCSETA. */
struct lx_termio {
	uint16_t c_iflag;
	uint16_t c_oflag;
	uint16_t c_cflag;
	uint16_t c_lflag;
	uint8_t c_line;
	uint8_t c_cc[8];
};

#endif /* ABI_TERMIOS_H */

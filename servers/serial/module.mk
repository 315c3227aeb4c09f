# SPDX-License-Identifier: BSD-2-Clause
user-programs += serial
serial-src := servers/serial/escape.c servers/serial/keys.c servers/serial/line.c \
	servers/serial/link.c servers/serial/machine.c servers/serial/main.c \
	servers/serial/mux.c servers/serial/report.c servers/serial/service.c \
	servers/serial/uart.c
serial-base := 0x00400000
serial-libs := lib/libfdt.a

# SPDX-License-Identifier: BSD-2-Clause
#
# Reads every folder's module.mk.  What they may set, all paths from the top:
#
#	kernel-src +=		sources of the kernel
#	kernel-kdb-src +=	its debug console, built with KDB=1
#	libc-src +=		lib/c, for L4 programs
#	libl4-src +=		lib/l4, for L4 programs
#	user-programs +=	an L4 program NAME, with
#	  NAME-src :=		its sources
#	  NAME-base :=		its link address
#	  NAME-cflags :=	(optional) compiler flags
#	  NAME-libs :=		(optional) archives in BUILD: lib/libfdt.a emu-l4/libemu.a
#	  NAME-raw := 1		(optional) links nothing but its own sources
#	unit-tests +=		a test NAME that runs on Linux, with
#	  NAME-src :=		its sources
#	  NAME-cflags :=	(optional) compiler flags
#	emu-src +=		the emulator's library: no operating system
#	emu-linux-src +=	its port to Linux
#	emu-l4-src +=		its port to L4
#	l4vm-src +=		the command l4vm
#	emu-tests +=		a test NAME that runs on Linux and links that library, with
#	  NAME-src, NAME-cflags as above
#	  NAME-ldflags :=	(optional) linker flags
#	fuzz-targets +=		a libFuzzer target NAME that links it, likewise

kernel-src :=
kernel-kdb-src :=
libc-src :=
libl4-src :=
user-programs :=
unit-tests :=
emu-src :=
emu-linux-src :=
emu-l4-src :=
l4vm-src :=
emu-tests :=
fuzz-targets :=

module-files := $(sort $(wildcard $(addsuffix /*.mk,kernel/* kernel/*/* lib/* servers/* \
	examples/* tests/* tests/*/* tests/*/*/* emu/* emu/*/* tools/l4vm guests)))
include $(module-files)

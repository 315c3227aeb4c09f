# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(sort $(wildcard emu/guest/x86/*.c))

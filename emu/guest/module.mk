# SPDX-License-Identifier: BSD-2-Clause
emu-src += emu/guest/guests.c

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions that compilers call for what the CPU has no instruction for, when it isn't
 * told that there is one: libgcc's names and meanings, GCC Internals, "Integer library
 * routines".
 */
int __popcountdi2(unsigned long value);

/* Sums of ever wider fields, side by side. */
int __popcountdi2(unsigned long value)
{
	value -= value >> 1 & 0x5555555555555555ul;
	value = (value & 0x3333333333333333ul) + (value >> 2 & 0x3333333333333333ul);
	value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0ful;
	return (int)(value * 0x0101010101010101ul >> 56);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Says what frame buffer it has been given, and fills it.
 */
#include <l4/task.h>
#include <proto/root.h>
#include <stdio.h>

#define GREEN 0x0000ff00

int main(void)
{
	const struct task_framebuffer *f = &task_info()->framebuffer;

	stdio_set_putc(root_putc);
	for (uint32_t y = 0; y < f->height; y++)
		for (uint32_t x = 0; x < f->width; x++)
			*(volatile uint32_t *)(f->address + y * f->pitch_bytes + 4 * x) = GREEN;
	printf("%u x %u, %u bits, red at %u\n", f->width, f->height, f->bits, f->red_shift);
	root_exit(0);
}

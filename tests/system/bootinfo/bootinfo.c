/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As root task prints the records of BootInfo, reads the modules' first and last
 * words, and paints squares on the display, if there is one of pixels.
 */
#include <l4/bootinfo.h>
#include <l4/serial.h>
#include <l4/thread.h>
#include <stdio.h>

#define SQUARE 16
#define FRAME_LOG2 22 /* at most so much of the frame buffer is asked for at once */

static void show_module(const struct l4_boot_module *m)
{
	const char *cmdline = m->cmdline ? (const char *)m + m->cmdline : "";
	const unsigned *word = (const unsigned *)m->start;

	printf("module %lx %lu %s: %x %x\n", (unsigned long)m->start, (unsigned long)m->size,
	       cmdline, word[0], word[m->size / sizeof(*word) - 1]);
}

/* All ones of one color as a pixel. */
static unsigned color(l4_word_t position, l4_word_t size)
{
	return ((1u << size) - 1) << position;
}

/* A square, the n-th from the left. */
static void paint(const struct l4_boot_framebuffer *f, unsigned n, unsigned pixel)
{
	for (unsigned y = 0; y < SQUARE; y++)
		for (unsigned x = n * SQUARE; x < (n + 1) * SQUARE; x++)
			((volatile unsigned *)(f->address + y * f->pitch))[x] = pixel;
}

static void show_framebuffer(const struct l4_boot_framebuffer *f)
{
	struct l4_fpage wanted = l4_fpage(f->address, FRAME_LOG2, L4_RIGHTS_RW);

	printf("framebuffer %lx pitch %lu, %lux%lux%lu type %lu, red %lu:%lu green %lu:%lu "
	       "blue %lu:%lu\n",
	       (unsigned long)f->address, (unsigned long)f->pitch, (unsigned long)f->width,
	       (unsigned long)f->height, (unsigned long)f->bits, (unsigned long)f->type,
	       (unsigned long)f->red.position, (unsigned long)f->red.size,
	       (unsigned long)f->green.position, (unsigned long)f->green.size,
	       (unsigned long)f->blue.position, (unsigned long)f->blue.size);
	if (f->type != L4_FRAMEBUFFER_RGB || f->bits != 32)
		return;
	if (l4_fpage_is_nil(l4_sigma0_request(wanted, L4_MEMORY_WRITE_COMBINING))) {
		printf("sigma0 doesn't give the frame buffer\n");
		return;
	}
	paint(f, 0, color(f->red.position, f->red.size));
	paint(f, 1, color(f->green.position, f->green.size));
	paint(f, 2, color(f->blue.position, f->blue.size));
	printf("painted\n");
}

int main(void)
{
	const struct l4_boot_info *info = (const struct l4_boot_info *)l4_kip()->boot_info;
	const struct l4_boot_record *record = l4_boot_first(info);

	stdio_set_putc(l4_serial_putc);
	for (l4_word_t i = 0; i < info->num_entries; i++, record = l4_boot_next(record)) {
		if (record->type == L4_BOOT_MODULE)
			show_module((const struct l4_boot_module *)record);
		else if (record->type == L4_BOOT_FRAMEBUFFER)
			show_framebuffer((const struct l4_boot_framebuffer *)record);
	}
	printf("%lu records\n", (unsigned long)info->num_entries);
	return 0;
}

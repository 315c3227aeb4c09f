/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GRUB's menu: the system with a frame buffer, and with VGA text for PCs whose firmware
 * has no VBE, on the display and the serial line.  It is shown for a second.
 */
#include "menu.h"

static void menu_entry(FILE *file, const struct plan *p, const char *title, const char *mode)
{
	fprintf(file, "\nmenuentry \"%s\" {\n\tset gfxpayload=%s\n\tmultiboot2 /boot/l4vm\n", title,
		mode);
	for (unsigned i = 0; i < p->modules; i++)
		fprintf(file, "\tmodule2 /l4vm/%s %s\n", p->module[i].name, p->module[i].name);
	fputs("}\n", file);
}

void menu_write(FILE *file, const struct plan *p)
{
	uint64_t resolution = p->config->section[0].value[SYSTEM_RESOLUTION].number;
	char mode[64] = "text";

	if (resolution)
		snprintf(mode, sizeof mode, "%ux%ux32,%ux%u,auto", (unsigned)(resolution >> 16),
			 (unsigned)(resolution & 0xffff), (unsigned)(resolution >> 16),
			 (unsigned)(resolution & 0xffff));
	fputs("serial --unit=0 --speed=115200\n"
	      "terminal_input console serial\n"
	      "terminal_output console serial\n"
	      "insmod all_video\n"
	      "set timeout=1\n"
	      "set default=0\n",
	      file);
	if (resolution)
		menu_entry(file, p, "L4VM", mode);
	menu_entry(file, p, resolution ? "L4VM, plain VGA text" : "L4VM", "text");
}

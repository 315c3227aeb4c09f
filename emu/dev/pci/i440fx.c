/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intel 82441FX host bridge (data sheet 290549, 3.2): PAM registers.  The others can be
 * written and read; DRAM is as the board has it.  Not modelled: SMRAM, the fixed hole, AGP,
 * error reporting.
 */
#include "i440fx.h"

#include <emu/archive.h>
#include <emu/port.h>

#define PAM0 0x59
#define SEGMENT_BYTES 0x4000u
#define SEGMENTS 13 /* C0000 to EC000 in 16 KiB, F0000 in one */

#define PAM_READ 1u
#define PAM_WRITE 2u

struct i440fx {
	struct i440fx_config config;
	struct pci_function pci;
	int view[SEGMENTS];
};

/* Segment n's attributes: PAM1 has 0 and 1, ..., PAM0's high half the last. */
static unsigned pam(const struct i440fx *x, unsigned n)
{
	if (n == SEGMENTS - 1)
		return x->pci.config[PAM0] >> 4 & 3;
	return x->pci.config[PAM0 + 1 + n / 2] >> (n & 1 ? 4 : 0) & 3;
}

static gpa segment_base(unsigned n)
{
	return 0xc0000 + n * SEGMENT_BYTES;
}

/* What the PCI bus has there. */
static gpa segment_pci(const struct i440fx *x, unsigned n)
{
	gpa base = segment_base(n);

	return base < 0xe0000 ? x->config.empty : x->config.firmware + (base - 0xe0000);
}

static void show(struct i440fx *x)
{
	static const enum bus_view how[4] = { VIEW_READ_ONLY, VIEW_READ_ONLY, VIEW_SHADOW,
					      VIEW_BELOW };

	for (unsigned n = 0; n < SEGMENTS; n++) {
		unsigned attributes = pam(x, n);

		bus_set_view(x->config.bus, x->view[n], how[attributes],
			     attributes & PAM_READ ? segment_base(n) : segment_pci(x, n));
	}
}

static void written(void *owner, unsigned offset, unsigned size)
{
	if (offset + size > PAM0 && offset < PAM0 + 7)
		show(owner);
}

static const struct pci_about about = {
	.vendor = 0x8086,
	.device = 0x1237,
	.revision = 2,
	.class_code = 0x060000,
	.command = 0x0102,
	.status = 0x0280,
	.written = written,
};

static void i440fx_reset(void *chip)
{
	struct i440fx *x = chip;

	pci_function_reset(&x->pci);
	show(x);
}

static void i440fx_state(void *chip, struct archive *a)
{
	struct i440fx *x = chip;

	pci_function_state(&x->pci, a);
	if (archive_loading(a))
		show(x);
}

static void i440fx_destroy(void *chip)
{
	port_free(chip, sizeof(struct i440fx));
}

static bool add_views(struct i440fx *x)
{
	for (unsigned n = 0; n < SEGMENTS; n++) {
		unsigned bytes = n == SEGMENTS - 1 ? 0x10000 : SEGMENT_BYTES;

		x->view[n] = bus_add_view(x->config.bus, segment_base(n), bytes);
		if (x->view[n] < 0)
			return false;
	}
	return true;
}

struct i440fx *i440fx_create(const struct i440fx_config *config)
{
	struct i440fx *x = port_allocate(sizeof *x, PORT_PLAIN);

	if (!x)
		return NULL;
	x->config = *config;
	pci_function_init(&x->pci, &about, x);
	for (unsigned i = 0x50; i < 0xb4; i++)
		x->pci.writable[i] = 0xff;
	pci_add(config->pci, 0, 0, &x->pci);
	if (add_views(x))
		return x;
	i440fx_destroy(x);
	return NULL;
}

const struct chip_ops i440fx_ops = {
	.name = "i440fx",
	.reset = i440fx_reset,
	.state = i440fx_state,
	.destroy = i440fx_destroy,
};

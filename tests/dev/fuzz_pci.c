/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How the fuzzers make the PCI bus with its bridges, power management, and the firmware
 * configuration device in ports.
 */
#include "fuzz.h"

#include <emu/archive.h>
#include <emu/port.h>

#include "dev/misc/fw_cfg.h"
#include "dev/pci/i440fx.h"
#include "dev/pci/piix3.h"
#include "dev/pci/piix4_pm.h"

static void ignore(void *context)
{
	(void)context;
}

static void *make_pci(struct fuzz_env *env)
{
	struct pci *pci = pci_create(ignore, NULL);
	const struct piix3_config south = { .pci = pci, .device = 1, .ports = env->bus };
	const struct i440fx_config north = {
		.pci = pci, .bus = env->bus, .empty = 0x200000, .firmware = 0x220000
	};

	bus_add_ram(env->bus, 0xc0000, 0x40000, NULL);
	bus_add_rom(env->bus, 0x200000, 0x4000, NULL);
	bus_add_rom(env->bus, 0x220000, 0x20000, NULL);
	bus_attach(env->bus, "i440fx", &i440fx_ops, i440fx_create(&north));
	bus_attach(env->bus, "piix3", &piix3_ops, piix3_create(&south));
	return pci;
}

/* The guest moves what is placed first: not the ports that the driver maps, which would be out
 * of its reach. */
static void *make_piix4_pm(struct fuzz_env *env)
{
	struct pci *pci = pci_create(ignore, NULL);
	const struct piix4_pm_config config = { .pci = pci,
						.device = 1,
						.function = 3,
						.ports = env->bus,
						.clock = env->clock,
						.sci = fuzz_line(env),
						.off = ignore };
	struct piix4_pm *p = piix4_pm_create(&config);

	bus_add_chip(env->bus, FUZZ_BASE + 0x100, PIIX4_PM_PORTS, &piix4_pm_ops, p);
	bus_add_chip(env->bus, FUZZ_BASE + 0xa0, PIIX4_GPE_PORTS, &piix4_gpe_ops, p);
	bus_add_chip(env->bus, FUZZ_BASE + 0xc0, PIIX4_APM_PORTS, &piix4_apm_ops, p);
	bus_add_chip(env->bus, FUZZ_BASE + 0x80, 8, &pci_ops, pci);
	return p;
}

static void press(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	(void)env;
	(void)selector;
	(void)value;
	piix4_pm_press(chip);
}

static void *make_fw_cfg_port(struct fuzz_env *env)
{
	struct fw_cfg *f = fw_cfg_create(env->bus);

	if (f)
		fw_cfg_add_file(f, "etc/fuzz", "0123456789", 10);
	return f;
}

static const struct fuzz_chip pci = { "pci", &pci_ops, 8, make_pci, NULL, NULL, 0 };
static const struct fuzz_chip piix4_pm = { "piix4_pm", &piix4_pm_ops, 64, make_piix4_pm,
					   press,      NULL,          256 };
static const struct fuzz_chip fw_cfg_port = {
	"fw_cfg_port", &fw_cfg_port_ops, 16, make_fw_cfg_port, NULL, NULL, 0
};

const struct fuzz_chip *const fuzz_list[] = { &pci, &piix4_pm, &fw_cfg_port, NULL };

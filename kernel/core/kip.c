/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fills in the kernel interface page (manual section 1.1).  The words of
 * struct l4_kip are followed by the kernel description at 0x200, the memory
 * descriptors at 0x400 and the processor descriptors at 0xc00.
 */
#include <core/kip.h>

#include <arch/kernel_map.h>
#include <core/boot_memory.h>
#include <core/cpu.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <l4/utcb.h>

#define DESCRIPTION_OFFSET 0x200
#define MEMORY_OFFSET 0x400
#define PROCESSOR_OFFSET 0xc00
#define MAX_DESCRIPTORS ((PROCESSOR_OFFSET - MEMORY_OFFSET) / sizeof(struct l4_memory_descriptor))
#define KERNEL_ID (0x4cull << 24) /* 'L' */
#define KERNEL_VERSION (1ull << 16)
#define PAGE_RIGHTS_SEPARATE (L4_RIGHT_W | L4_RIGHT_X)

struct kernel_description {
	l4_word_t id, date, version;
	char supplier[8];
	char text[32];
};

static struct l4_kip *kip;

struct l4_kip *kip_page(void)
{
	return kip;
}

uint64_t kip_phys(void)
{
	return virt_to_phys(kip);
}

unsigned kip_user_base(void)
{
	return l4_kip_user_base(kip);
}

unsigned kip_system_base(void)
{
	return l4_kip_system_base(kip);
}

static void add_memory(uint64_t start, uint64_t end, unsigned type, bool is_virtual)
{
	unsigned n = l4_kip_memory_count(kip);
	struct l4_memory_descriptor *d =
		(struct l4_memory_descriptor *)((char *)kip + MEMORY_OFFSET) + n;

	if (start >= end)
		return;
	if (n && d[-1].high + 1024 == start && !((d[-1].low ^ type) & 0x3ff)) {
		n--; /* modules lie side by side */
		start = l4_memory_low(--d);
	}
	if (n == MAX_DESCRIPTORS)
		return;
	d->low = ALIGN_DOWN(start, 1024ull) | (is_virtual ? 1ull << 9 : 0) | type;
	d->high = ALIGN_DOWN(end - 1, 1024ull);
	kip->memory_info = (l4_word_t)MEMORY_OFFSET << 32 | (n + 1);
}

static void describe_memory(const struct boot_data *boot)
{
	uint64_t start = 0, end = 0;
	unsigned reserved = boot_memory_reserved(0, &start, &end);

	add_memory(0, USER_END, L4_MEMORY_CONVENTIONAL, true);
	add_memory(0, kernel_map.phys_end, L4_MEMORY_DEDICATED, false);
	for (unsigned i = 0; i < boot->range_count; i++)
		if (boot->range[i].type == L4_MEMORY_CONVENTIONAL)
			add_memory(boot->range[i].start, boot->range[i].end, L4_MEMORY_CONVENTIONAL,
				   false);
	for (unsigned i = 0; i < boot->range_count; i++)
		if (boot->range[i].type != L4_MEMORY_CONVENTIONAL)
			add_memory(boot->range[i].start, boot->range[i].end, boot->range[i].type,
				   false);
	for (unsigned i = 0; i < boot->module_count; i++)
		add_memory(ALIGN_DOWN(boot->module[i].start, PAGE_SIZE),
			   ALIGN_UP(boot->module[i].end, PAGE_SIZE), L4_MEMORY_BOOT, false);
	add_memory(kip->boot_info, kip->boot_info ? kip->boot_info + BOOT_INFO_SIZE : 0,
		   L4_MEMORY_BOOT, false);
	for (unsigned i = 0; i < reserved; i++) {
		boot_memory_reserved(i, &start, &end);
		add_memory(start, end, L4_MEMORY_RESERVED, false);
	}
}

static void describe_kernel(void)
{
	struct kernel_description *d = (void *)((char *)kip + DESCRIPTION_OFFSET);

	kip->kernel_description = DESCRIPTION_OFFSET;
	d->id = KERNEL_ID;
	d->version = KERNEL_VERSION;
	strcopy(d->supplier, "L4VM", sizeof(d->supplier));
	strcopy(d->text, "L4VM microkernel", sizeof(d->text));
}

static void set_calls(void)
{
	kip->ipc = arch_syscall_address(SYSCALL_IPC);
	kip->lipc = arch_syscall_address(SYSCALL_LIPC);
	kip->unmap = arch_syscall_address(SYSCALL_UNMAP);
	kip->exchange_registers = arch_syscall_address(SYSCALL_EXCHANGE_REGISTERS);
	kip->system_clock = arch_syscall_address(SYSCALL_SYSTEM_CLOCK);
	kip->thread_switch = arch_syscall_address(SYSCALL_THREAD_SWITCH);
	kip->schedule = arch_syscall_address(SYSCALL_SCHEDULE);
	kip->space_control = arch_syscall_address(SYSCALL_SPACE_CONTROL);
	kip->thread_control = arch_syscall_address(SYSCALL_THREAD_CONTROL);
	kip->processor_control = arch_syscall_address(SYSCALL_PROCESSOR_CONTROL);
	kip->memory_control = arch_syscall_address(SYSCALL_MEMORY_CONTROL);
}

void kip_init(const struct boot_data *boot, uint64_t boot_info)
{
	unsigned irqs = plat_irq_count(), user_base = ALIGN_UP(irqs + 1, 16u);
	l4_word_t sizes = 1ull << PAGE_BITS;

	kip = kmem_page(NULL);
	kip->magic = L4_KIP_MAGIC;
	kip->api_version = L4_API_VERSION;
	kip->api_flags = L4_API_FLAGS;
	for (unsigned level = 1; level <= paging_max_leaf_level(); level++)
		sizes |= level_size(level);
	kip->utcb_info = (l4_word_t)PAGE_BITS << 16 | L4_UTCB_LOG2_ALIGN << 10 | 1;
	kip->kip_area_info = L4_KIP_LOG2_SIZE;
	kip->boot_info = boot_info;
	kip->processor_descriptors = PROCESSOR_OFFSET;
	kip->clock_info = (l4_word_t)l4_period_us(1).raw << 16 | l4_period_us(1).raw;
	kip->thread_info = (l4_word_t)user_base << 20 | (l4_word_t)irqs << 8 | THREAD_BITS;
	kip->page_info = sizes | PAGE_RIGHTS_SEPARATE; /* bit k: pages of 2^k */
	describe_kernel();
	describe_memory(boot);
	set_calls();
}

void kip_set_server(struct l4_kip_server *server, uint64_t ip, uint64_t low, uint64_t high)
{
	*server = (struct l4_kip_server){ .ip = ip, .low = low, .high = high };
}

void kip_set_frequencies(unsigned cpu, uint64_t external_khz, uint64_t internal_khz)
{
	struct l4_processor_descriptor *d =
		(struct l4_processor_descriptor *)((char *)kip + PROCESSOR_OFFSET) + cpu;

	d->external_khz = external_khz;
	d->internal_khz = internal_khz;
}

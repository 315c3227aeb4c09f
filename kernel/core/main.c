/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start-up: from the boot loader's data to sigma0 and root running.
 */
#include <arch/kernel_map.h>
#include <core/boot_memory.h>
#include <core/cpu.h>
#include <core/io.h>
#include <core/ipc.h>
#include <core/irq.h>
#include <core/kip.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/load.h>
#include <core/sched.h>
#include <core/space.h>
#include <core/thread.h>

#define INITIAL_TASKS 2
#define MODULE_SIGMA0 0
#define MODULE_ROOT 1
#define INITIAL_PRIORITY 255
#define MIN_POOL (3ull << 20)
#define MAX_POOL (32ull << 20)
#define POOL_SHARE 16 /* of the RAM: a sixteenth */
#define LIMIT_SHARE 8 /* of the pool, per space */

/* Where sigma0 and root find their KIP and UTCBs, out of the way of memory that they
 * map one to one. */
#define INITIAL_KIP_AREA 0x00007ffffff00000
#define INITIAL_UTCB_AREA 0x00007fffffe00000
#define INITIAL_UTCB_LOG2_SIZE 20

_Noreturn void kernel_main(uint32_t magic, uint64_t info);

static struct boot_data boot;
static struct image images[INITIAL_TASKS];

static uint64_t ram_size(void)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < boot.range_count; i++)
		if (boot.range[i].type == L4_MEMORY_CONVENTIONAL)
			size += boot.range[i].end - boot.range[i].start;
	return size;
}

static void init_memory(void)
{
	uint64_t size = ALIGN_DOWN(ram_size() / POOL_SHARE, PAGE_SIZE), pool;

	kernel_map.phys_end = BOOT_MAP_SIZE;
	boot_memory_reserve(KERNEL_PHYS, KERNEL_PHYS + kernel_image_size());
	for (unsigned i = 0; i < INITIAL_TASKS; i++) {
		images[i] = load_examine(&boot, i);
		boot_memory_keep_clear(images[i].low, images[i].high);
	}
	if (size < MIN_POOL)
		size = MIN_POOL;
	if (size > MAX_POOL)
		size = MAX_POOL;
	pool = boot_memory_find(&boot, size, PAGE_SIZE, BOOT_MAP_SIZE);
	if (!pool)
		panic("no room for %llu KiB of kernel memory", (unsigned long long)size / 1024);
	boot_memory_reserve(pool, pool + size);
	kmem_init(pool, pool + size);
	space_default_limit = size / LIMIT_SHARE;
	kernel_map_init(boot_memory_top(&boot));
}

static void init_cpus(void)
{
	unsigned count = plat_cpu_count();
	uintptr_t area =
		ALIGN_UP((uintptr_t)kmem_boot_pages(2 * count + 1), (uintptr_t)CPU_AREA_SIZE);

	for (unsigned i = 0; i < count; i++) {
		struct cpu *cpu = i ? (struct cpu *)(area + i * CPU_AREA_SIZE) : this_cpu();

		cpu->id = i;
		cpu->top = -1;
		cpu->timer_us = UINT64_MAX;
		cpu->arch = kmem_boot_pages(arch_cpu_pages());
		cpus[i] = cpu;
	}
	arch_cpu_init(cpus[0]);
	cpus[0]->online = true;
	cpu_count = 1;
}

static void start_cpus(void)
{
	for (unsigned i = 1; i < plat_cpu_count(); i++) {
		if (plat_cpu_start(i)) {
			cpus[i]->online = true;
			cpu_count++;
		} else {
			printk("CPU %u does not answer\n", i);
			cpus[i] = NULL;
		}
	}
	kip_page()->processor_info = 4ull << 60 | (plat_cpu_count() - 1);
	for (unsigned i = 0; i < plat_cpu_count(); i++)
		kip_set_frequencies(i, plat_bus_khz(), plat_cpu_khz());
}

static struct tcb *create_initial(unsigned number)
{
	struct space *space = space_create();
	struct tcb *t = thread_allocate(l4_global_id(number, 1).raw);

	if (!space || !t)
		panic("no memory for the initial tasks");
	space->privileged = true;
	space->limit = SIZE_MAX;
	space->kip_area = l4_fpage(INITIAL_KIP_AREA, L4_KIP_LOG2_SIZE, 0);
	space->utcb_area = l4_fpage(INITIAL_UTCB_AREA, INITIAL_UTCB_LOG2_SIZE, 0);
	t->cpu = cpus[0];
	t->priority = INITIAL_PRIORITY;
	thread_join_space(t, space);
	thread_publish(t);
	t->scheduler = t->global_id;
	if (thread_set_utcb(t, INITIAL_UTCB_AREA) != L4_OK)
		panic("no memory for the initial tasks");
	return t;
}

/* Starts an initial task at its entry point, without a start message. */
static void run_initial(struct tcb *t, uint64_t pager, uint64_t entry)
{
	t->space->active_threads++;
	tcb_set_tcr(t, L4_TCR_PAGER, pager);
	arch_set_ip(&t->arch, entry);
	t->state = THREAD_READY;
	sched_ready(t, false);
}

static void start_initial_tasks(void)
{
	unsigned base = kip_user_base();
	struct tcb *sigma0 = create_initial(base), *root = create_initial(base + 2);

	sigma0_space = sigma0->space;
	sigma0_space->owns_memory = true;
	if (!io_init(sigma0_space))
		panic("no memory for I/O ports");
	for (unsigned i = 0; i < INITIAL_TASKS; i++)
		load_program(&boot, i);
	kip_set_server(&kip_page()->sigma0, images[MODULE_SIGMA0].entry, images[MODULE_SIGMA0].low,
		       images[MODULE_SIGMA0].high);
	kip_set_server(&kip_page()->root, images[MODULE_ROOT].entry, images[MODULE_ROOT].low,
		       images[MODULE_ROOT].high);
	run_initial(sigma0, 0, images[MODULE_SIGMA0].entry);
	run_initial(root, sigma0->global_id, images[MODULE_ROOT].entry);
}

static size_t kib(uint64_t bytes)
{
	return (size_t)((bytes + 1023) / 1024);
}

static void report(void)
{
	uint64_t image = kernel_image_size();
	uint64_t used = kmem_pages_used() * PAGE_SIZE;
	uint64_t sigma0 = images[MODULE_SIGMA0].high - images[MODULE_SIGMA0].low;
	uint64_t root = images[MODULE_ROOT].high - images[MODULE_ROOT].low;

	printk("%u CPU%s, %zu MiB of RAM, %zu KiB of them for the kernel's pool\n", cpu_count,
	       cpu_count == 1 ? "" : "s", (size_t)(ram_size() >> 20),
	       kib(kmem_pages_total() * PAGE_SIZE));
	printk("memory in use: %zu KiB (kernel image %zu and pool %zu, sigma0 %zu, root %zu)\n",
	       kib(image + used + sigma0 + root), kib(image), kib(used), kib(sigma0), kib(root));
}

_Noreturn void kernel_main(uint32_t magic, uint64_t info)
{
	uint64_t boot_info;

	plat_console_init();
	printk("\nL4VM kernel\n");
	plat_read_boot(magic, info, &boot);
	if (boot.module_count < INITIAL_TASKS)
		panic("%u boot modules given; sigma0 and root are needed", boot.module_count);
	kernel_lock();
	init_memory();
	load_move_modules(&boot, images, INITIAL_TASKS);
	boot_info = boot_memory_find(&boot, BOOT_INFO_SIZE, PAGE_SIZE, kernel_map.direct_end);
	if (!boot_info)
		panic("no room for BootInfo");
	plat_interrupt_init(&boot);
	init_cpus();
	plat_clock_init();
	plat_interrupt_init_cpu();
	kip_init(&boot, boot_info);
	load_boot_info(&boot, images, INITIAL_TASKS, boot_info);
	irq_init();
	start_cpus();
	start_initial_tasks();
	report();
	arch_restart(cpus[0]);
}

void *arch_cpu_stack(unsigned cpu)
{
	return (char *)cpus[cpu] + CPU_AREA_SIZE;
}

_Noreturn void arch_ap_main(unsigned cpu)
{
	arch_cpu_init(cpus[cpu]);
	plat_interrupt_init_cpu();
	kernel_lock();
	sched_run();
}

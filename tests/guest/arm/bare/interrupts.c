/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Interrupts: the GIC (ARM IHI 0048B: pending, active, enabling, priorities, preemption,
 * groups, edge and level), the architected timers (ARM DDI 0406C, B8), WFI, interrupts in
 * the middle of code, and the performance monitor's counters (C12).
 */
#include "bare.h"

#define GICD_CTLR (GICD + 0x000)
#define GICD_GROUP(n) (GICD + 0x080 + (n) / 32 * 4)
#define GICD_ENABLE(n) (GICD + 0x100 + (n) / 32 * 4)
#define GICD_DISABLE(n) (GICD + 0x180 + (n) / 32 * 4)
#define GICD_SET_PENDING(n) (GICD + 0x200 + (n) / 32 * 4)
#define GICD_CLEAR_PENDING(n) (GICD + 0x280 + (n) / 32 * 4)
#define GICD_SET_ACTIVE(n) (GICD + 0x300 + (n) / 32 * 4)
#define GICD_PRIORITY(n) (GICD + 0x400 + (n))
#define GICD_CONFIGURE(n) (GICD + 0xc00 + (n) / 16 * 4)
#define GICD_SGI (GICD + 0xf00)
#define GICC_CTLR (GICC + 0x00)
#define GICC_PMR (GICC + 0x04)
#define GICC_BPR (GICC + 0x08)
#define GICC_IAR (GICC + 0x0c)
#define GICC_EOIR (GICC + 0x10)
#define GICC_RPR (GICC + 0x14)
#define GICC_HPPIR (GICC + 0x18)
#define GICC_DIR (GICC + 0x1000)
#define BIT(n) (1u << ((n)&31))
#define SELF (2u << 24)

#define VIRTUAL_TIMER 27
#define PHYSICAL_TIMER 30
#define SPI 100 /* nobody drives it */

static volatile unsigned taken;
static volatile uint32_t ids[64], running[64], vector_of[64];
static void (*volatile during)(uint32_t id);
static volatile bool keep_active;

static void enable_interrupts(void)
{
	__asm__ volatile("cpsie i\n\tisb" : : : "memory");
}

static void disable_interrupts(void)
{
	__asm__ volatile("cpsid i\n\tisb" : : : "memory");
}

/* An interrupt needn't come at once. */
static void linger(void)
{
	for (volatile unsigned i = 0; i < 50; i++)
		;
}

/* Lets in what is pending. */
static void window(void)
{
	enable_interrupts();
	linger();
	disable_interrupts();
}

/* In an interrupt handler: calls a function in system mode with interrupts let in. */
void with_interrupts(void (*function)(uint32_t), uint32_t argument);
__asm__(".text\n.arm\n"
	".global with_interrupts\n"
	"with_interrupts:\n"
	"	push {r4, lr}\n"
	"	mov r2, r0\n"
	"	mov r0, r1\n"
	"	cps #0x1f\n"
	"	mov r4, sp\n"
	"	bic sp, sp, #7\n"
	"	push {r4, lr}\n"
	"	cpsie i\n"
	"	blx r2\n"
	"	cpsid i\n"
	"	pop {r4, lr}\n"
	"	mov sp, r4\n"
	"	cps #0x12\n"
	"	pop {r4, pc}\n");

static void take(struct trap *trap)
{
	uint32_t id = load32(GICC_IAR);
	unsigned n = taken++ & 63;

	ids[n] = id;
	vector_of[n] = trap->vector;
	running[n] = load32(GICC_RPR);
	if (during)
		during(id & 0x3ff);
	if (!keep_active && (id & 0x3ff) < 1020)
		store32(GICC_EOIR, id);
}

static void gic_start(void)
{
	store32(GICD_CTLR, 0);
	for (unsigned n = 0; n < 128; n += 32) {
		store32(GICD_DISABLE(n), ~0u);
		store32(GICD_CLEAR_PENDING(n), ~0u);
	}
	for (unsigned n = 0; n < 128; n++)
		store8(GICD_PRIORITY(n), 0x80);
	store32(GICD_ENABLE(0), 0xffff);
	store32(GICC_PMR, 0xff);
	store32(GICC_BPR, 0);
	store32(GICC_CTLR, 1);
	store32(GICD_CTLR, 1);
	trap_hook[IRQ] = trap_hook[FIQ] = take;
	taken = 0;
}

static void check_software(void)
{
	is(load32(GICC_IAR) & 0x3ff, 1023, "nothing pending: spurious");
	is(load32(GICC_RPR) & 0xff, 0xff, "idle priority");
	store32(GICD_SGI, SELF | 5);
	is(taken, 0, "masked by CPSR.I");
	is(CP_READ(c12, 0, c1, 0) & PSR_I, PSR_I, "ISR shows it");
	is(load32(GICC_HPPIR) & 0x3ff, 5, "highest pending");
	is(load32(GICD_SET_PENDING(0)) & 0xffff, BIT(5), "pending");
	window();
	is(taken, 1, "taken when unmasked");
	is(ids[0], 5, "interrupt 5");
	is(running[0] & 0xff, 0x80, "running at its priority");
	is(CP_READ(c12, 0, c1, 0) & PSR_I, 0, "ISR is clear");
	is(load32(GICD_SET_PENDING(0)) & 0xffff, 0, "not pending now");
	is(last.handler & 0x1df, PSR_A | PSR_I | PSR_F | MODE_IRQ, "IRQ mode, A and I masked");
	is(last.cpsr & 0x1f, MODE_SYS, "from system mode");
	store32(GICC_CTLR, 0);
	store32(GICD_SGI, SELF | 5);
	window();
	is(taken, 1, "CPU interface off");
	store32(GICC_CTLR, 1);
	store32(GICD_CTLR, 0);
	window();
	is(taken, 1, "distributor off");
	store32(GICD_CTLR, 1);
	window();
	is(taken, 2, "both on");
}

static void check_priorities(void)
{
	taken = 0;
	store8(GICD_PRIORITY(1), 0xa0);
	store8(GICD_PRIORITY(2), 0x20);
	store8(GICD_PRIORITY(3), 0x60);
	store8(GICD_PRIORITY(4), 0x60);
	store32(GICD_SGI, SELF | 1);
	store32(GICD_SGI, SELF | 4);
	store32(GICD_SGI, SELF | 3);
	store32(GICD_SGI, SELF | 2);
	window();
	is(taken, 4, "four at once");
	is(ids[0] << 24 | ids[1] << 16 | ids[2] << 8 | ids[3], 0x02030401,
	   "by priority, then by number");
	taken = 0;
	store32(GICC_PMR, 0x60);
	store32(GICD_SGI, SELF | 3);
	window();
	is(taken, 0, "PMR: a priority equal to it is masked");
	store32(GICD_SGI, SELF | 2);
	window();
	is(taken, 1, "PMR: a higher one isn't");
	store32(GICC_PMR, 0xf0);
	window();
	is(ids[1], 3, "PMR raised: the other comes");
}

static void raise_higher(uint32_t id)
{
	if (id == 1) {
		store32(GICD_SGI, SELF | 2); /* preempts */
		linger();
	}
}

static void nest(uint32_t id)
{
	with_interrupts(raise_higher, id);
}

static void raise_lower(uint32_t id)
{
	if (id == 2) {
		store32(GICD_SGI, SELF | 1);
		linger();
	}
}

static void nest_lower(uint32_t id)
{
	with_interrupts(raise_lower, id);
	ids[8 + id] = taken;
}

static void check_preemption(void)
{
	taken = 0;
	during = nest;
	store32(GICD_SGI, SELF | 1);
	window();
	is(taken, 2, "an interrupt of higher priority preempts");
	is(ids[0] << 8 | ids[1], 0x0102, "in this order");
	is(running[1] & 0xff, 0x20, "running at the higher priority");
	is(load32(GICC_RPR) & 0xff, 0xff, "idle afterwards");
	taken = 0;
	during = nest_lower;
	store32(GICD_SGI, SELF | 2);
	window();
	is(taken, 2, "one of lower priority comes, too");
	is(ids[10], 1, "but afterwards");
	/* The same group priority: BPR 7 leaves no bits for preemption. */
	taken = 0;
	during = nest;
	store32(GICC_BPR, 7);
	store32(GICD_SGI, SELF | 1);
	window();
	is(ids[0] << 8 | ids[1], 0x0102, "BPR 7: both come");
	is(running[1] & 0xff, running[0] & 0xff, "but no preemption");
	store32(GICC_BPR, 0);
	during = NULL;
}

static void check_shared(void)
{
	taken = 0;
	store32(GICD_SET_PENDING(SPI), BIT(SPI));
	store8(GICD + 0x800 + SPI, 1);
	window();
	is(taken, 0, "a disabled interrupt stays pending");
	is(load32(GICD_SET_PENDING(SPI)) & BIT(SPI), BIT(SPI), "it is");
	store32(GICD_ENABLE(SPI), BIT(SPI));
	window();
	is(ids[0], SPI, "enabled: it comes");
	store32(GICD_SET_PENDING(SPI), BIT(SPI));
	store32(GICD_CLEAR_PENDING(SPI), BIT(SPI));
	window();
	is(taken, 1, "pending cleared: it doesn't");
	/* Active: it doesn't come again until it ends. */
	keep_active = true;
	store32(GICD_SET_PENDING(SPI), BIT(SPI));
	window();
	is(load32(GICD_SET_ACTIVE(SPI)) & BIT(SPI), BIT(SPI), "active while it is handled");
	store32(GICD_SET_PENDING(SPI), BIT(SPI));
	window();
	is(taken, 2, "not taken again while active");
	store32(GICC_EOIR, SPI);
	window();
	is(taken, 3, "taken after its end");
	store32(GICC_EOIR, SPI);
	is(load32(GICD_SET_ACTIVE(SPI)) & BIT(SPI), 0, "inactive");
	/* Two steps: priority drop, deactivation. */
	store32(GICC_CTLR, 1 | 1 << 9);
	store32(GICD_SET_PENDING(SPI), BIT(SPI));
	window();
	store32(GICC_EOIR, SPI);
	is(load32(GICC_RPR) & 0xff, 0xff, "EOImode 1: EOIR drops the priority");
	is(load32(GICD_SET_ACTIVE(SPI)) & BIT(SPI), BIT(SPI), "the interrupt is still active");
	store32(GICC_DIR, SPI);
	is(load32(GICD_SET_ACTIVE(SPI)) & BIT(SPI), 0, "DIR ends it");
	store32(GICC_CTLR, 1);
	keep_active = false;
	store32(GICD_DISABLE(SPI), BIT(SPI));
}

/* The UART's transmit interrupt is a line that IMSC opens and closes.  Nothing is printed
 * in between, as that would move the line, too. */
#define UART_SPI 33
#define UART_RIS (UART + 0x3c)
#define UART_IMSC (UART + 0x38)
#define UART_TX (1u << 5)

static uint32_t uart_pending(void)
{
	return load32(GICD_SET_PENDING(UART_SPI)) & BIT(UART_SPI);
}

static void close_uart(uint32_t id)
{
	(void)id;
	store32(UART_IMSC, 0);
}

static void check_edge_and_level(void)
{
	const uint32_t edge = 2u << (UART_SPI % 16 * 2);
	uint32_t pending[4], times[4];

	while (!(load32(UART_RIS) & UART_TX) || load32(UART + 0x18) & 8)
		;
	store32(GICD_CONFIGURE(UART_SPI), 0);
	store32(UART_IMSC, UART_TX);
	pending[0] = uart_pending();
	store32(UART_IMSC, 0);
	pending[1] = uart_pending();
	store32(GICD_ENABLE(UART_SPI), BIT(UART_SPI));
	taken = 0;
	during = close_uart;
	store32(UART_IMSC, UART_TX);
	window();
	times[0] = taken;

	store32(GICD_DISABLE(UART_SPI), BIT(UART_SPI));
	store32(GICD_CONFIGURE(UART_SPI), edge);
	store32(UART_IMSC, UART_TX);
	store32(UART_IMSC, 0);
	pending[2] = uart_pending();
	store32(GICD_CLEAR_PENDING(UART_SPI), BIT(UART_SPI));
	pending[3] = uart_pending();
	store32(GICD_ENABLE(UART_SPI), BIT(UART_SPI));
	during = NULL;
	taken = 0;
	store32(UART_IMSC, UART_TX);
	window();
	times[1] = taken;
	window();
	times[2] = taken;
	store32(UART_IMSC, 0);
	store32(UART_IMSC, UART_TX);
	window();
	times[3] = taken;
	store32(UART_IMSC, 0);
	store32(GICD_DISABLE(UART_SPI), BIT(UART_SPI));
	store32(GICD_CONFIGURE(UART_SPI), 0);
	ok(pending[0] && !pending[1], "level: pending as long as the line is high");
	is(times[0], 1, "level: taken once, as the handler silenced the chip");
	ok(pending[2] && !pending[3], "edge: pending until that is cleared");
	is(times[1], 1, "edge: taken once, with the line high all the time");
	is(times[2], 1, "edge: not again");
	is(times[3], 2, "edge: again at the next edge");
}

static void check_fiq(void)
{
	taken = 0;
	store32(GICD_GROUP(0), BIT(6));
	store32(GICD_CTLR, 3);
	store32(GICC_CTLR, 1 | 2 | 4 | 8);
	store32(GICD_SGI, SELF | 7);
	window();
	is(taken, 0, "group 0 is FIQ: masked by CPSR.F");
	is(CP_READ(c12, 0, c1, 0) & (PSR_I | PSR_F), PSR_F, "ISR shows FIQ");
	__asm__ volatile("cpsie f\n\tisb" : : : "memory");
	linger();
	__asm__ volatile("cpsid f\n\tisb" : : : "memory");
	is(taken, 1, "taken when unmasked");
	is(vector_of[0], FIQ, "as FIQ");
	is(last.handler & 0x1df, PSR_A | PSR_I | PSR_F | MODE_FIQ, "FIQ mode, all masked");
	store32(GICD_SGI, SELF | 6 | 1 << 15);
	window();
	is(taken, 2, "group 1 is IRQ");
	is(vector_of[1], IRQ, "as IRQ");
	store32(GICC_CTLR, 1);
	store32(GICD_CTLR, 1);
	store32(GICD_GROUP(0), 0);
}

/* The timers. */

static uint64_t count(void)
{
	uint32_t low, high;

	__asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static void set_virtual_compare(uint64_t value)
{
	__asm__ volatile("mcrr p15, 3, %0, %1, c14\n\tisb"
			 :
			 : "r"((uint32_t)value), "r"((uint32_t)(value >> 32))
			 : "memory");
}

#define VIRTUAL_CONTROL(v) CP_WRITE(c14, 0, c3, 1, v)
#define VIRTUAL_VALUE(v) CP_WRITE(c14, 0, c3, 0, v)
#define PHYSICAL_CONTROL(v) CP_WRITE(c14, 0, c2, 1, v)
#define PHYSICAL_VALUE(v) CP_WRITE(c14, 0, c2, 0, v)
#define READ_VIRTUAL_CONTROL() CP_READ(c14, 0, c3, 1)

static void stop_timer(uint32_t id)
{
	if (id == VIRTUAL_TIMER)
		VIRTUAL_CONTROL(0);
	if (id == PHYSICAL_TIMER)
		PHYSICAL_CONTROL(0);
}

static void check_timers(void)
{
	uint64_t before = count();
	uint32_t value;

	is(CP_READ(c14, 0, c0, 0), 62500000, "CNTFRQ");
	while (count() - before < 100)
		;
	ok(true, "the counter counts");
	is(READ_VIRTUAL_CONTROL() & 1, 0, "the timer is off");
	VIRTUAL_VALUE(1000000000);
	value = CP_READ(c14, 0, c3, 0);
	ok(value <= 1000000000 && value > 900000000, "TVAL counts down from what was written");
	VIRTUAL_CONTROL(1);
	is(READ_VIRTUAL_CONTROL(), 1, "on, its condition isn't met");
	VIRTUAL_VALUE(0);
	is(READ_VIRTUAL_CONTROL(), 5, "ISTATUS: met");
	VIRTUAL_CONTROL(3);
	is(READ_VIRTUAL_CONTROL(), 7, "IMASK leaves ISTATUS");
	VIRTUAL_VALUE(0xfffffff0);
	is(READ_VIRTUAL_CONTROL(), 7, "TVAL is signed: in the past");
	set_virtual_compare(~0ull);
	is(READ_VIRTUAL_CONTROL(), 3, "far in the future");
	VIRTUAL_CONTROL(0);

	/* Its interrupt is a level. */
	gic_start();
	store32(GICD_ENABLE(0), BIT(VIRTUAL_TIMER) | BIT(PHYSICAL_TIMER));
	VIRTUAL_VALUE(0);
	VIRTUAL_CONTROL(1);
	is(load32(GICD_SET_PENDING(0)) & BIT(VIRTUAL_TIMER), BIT(VIRTUAL_TIMER), "PPI 27 pending");
	VIRTUAL_CONTROL(3);
	is(load32(GICD_SET_PENDING(0)) & BIT(VIRTUAL_TIMER), 0, "masked: not pending");
	window();
	is(taken, 0, "and not taken");
	during = stop_timer;
	VIRTUAL_CONTROL(1);
	window();
	is(taken, 1, "taken once, as it was turned off");
	is(ids[0], VIRTUAL_TIMER, "PPI 27");
	PHYSICAL_VALUE(0);
	PHYSICAL_CONTROL(1);
	window();
	is(ids[1], PHYSICAL_TIMER, "the physical timer is PPI 30");
	during = NULL;
}

/* WFI ends by a masked interrupt; unmasked, the interrupt is taken. */
static void check_wait(void)
{
	uint64_t before;

	taken = 0;
	during = stop_timer;
	before = count();
	VIRTUAL_VALUE(20000);
	VIRTUAL_CONTROL(1);
	while (!(CP_READ(c12, 0, c1, 0) & PSR_I))
		__asm__ volatile("dsb\n\twfi" : : : "memory");
	ok(count() - before >= 20000, "WFI with masked interrupts ends when the timer fires");
	is(taken, 0, "the interrupt wasn't taken");
	window();
	is(taken, 1, "now it was");
	VIRTUAL_VALUE(20000);
	VIRTUAL_CONTROL(1);
	enable_interrupts();
	while (taken < 2)
		__asm__ volatile("wfi" : : : "memory");
	disable_interrupts();
	ok(true, "WFI with interrupts let in");
	store32(GICD_SGI, SELF | 3);
	__asm__ volatile("wfi" : : : "memory");
	ok(true, "WFI with an interrupt pending doesn't wait");
	window();
	is(taken, 3, "which is taken then");
	during = NULL;
}

/* Interrupts in the middle of code: IT blocks, flags, load and store multiple. */
uint32_t busy_thumb(volatile unsigned *counter, uint32_t enough, uint32_t *memory);
__asm__(".text\n.thumb\n.thumb_func\n"
	".global busy_thumb\n"
	"busy_thumb:\n"
	"	push {r4-r9, lr}\n"
	"	movs r3, #0\n" /* odd and even rounds */
	"	movs r4, #0\n"
	"1:	adds r3, #1\n"
	"	tst r3, #1\n"
	"	itete ne\n"
	"	addne r4, #3\n"
	"	addeq r4, #5\n"
	"	ldrne r5, [r2]\n"
	"	ldreq r6, [r2, #4]\n"
	"	stmia r2!, {r3, r4}\n"
	"	ldmdb r2!, {r7, r8}\n"
	"	cmp r7, r3\n"
	"	it ne\n"
	"	movne r4, #0\n"
	"	cmp r8, r4\n"
	"	it ne\n"
	"	movne r4, #0\n"
	"	ldr r9, [r0]\n"
	"	cmp r9, r1\n"
	"	blo 1b\n"
	"	lsrs r5, r3, #1\n" /* pairs of rounds: 8 each */
	"	subs r4, r4, r5, lsl #3\n"
	"	tst r3, #1\n"
	"	it ne\n"
	"	subne r4, #3\n"
	"	mov r0, r4\n"
	"	pop {r4-r9, pc}\n"
	".arm\n");

static void again(uint32_t id)
{
	if (id == VIRTUAL_TIMER)
		VIRTUAL_VALUE(61 + taken * 7);
}

static uint32_t busy_user(uint32_t enough)
{
	static uint32_t memory[4];

	return busy_thumb(&taken, enough, memory);
}

static void check_busy(void)
{
	static uint32_t memory[4];

	taken = 0;
	during = again;
	VIRTUAL_VALUE(100);
	VIRTUAL_CONTROL(1);
	enable_interrupts();
	is(busy_thumb(&taken, 200, memory), 0, "200 interrupts in the middle of Thumb code");
	is(in_user(busy_user, 300), 0, "100 more in user mode");
	disable_interrupts();
	VIRTUAL_CONTROL(0);
	during = NULL;
}

/* The performance monitor. */
#define PMCR_WRITE(v) CP_WRITE(c9, 0, c12, 0, v)
#define CYCLES() CP_READ(c9, 0, c13, 0)

static void spend(void)
{
	for (volatile unsigned i = 0; i < 100; i++)
		;
}

static void check_counters(void)
{
	uint32_t before;

	PMCR_WRITE(1 | 2 | 4);
	CP_WRITE(c9, 0, c12, 1, 1u << 31);
	before = CYCLES();
	spend();
	ok(CYCLES() - before >= 100, "PMCCNTR counts");
	CP_WRITE(c9, 0, c12, 2, 1u << 31);
	before = CYCLES();
	spend();
	is(CYCLES(), before, "PMCNTENCLR stops it");
	CP_WRITE(c9, 0, c12, 1, 1u << 31);
	PMCR_WRITE(0);
	before = CYCLES();
	spend();
	is(CYCLES(), before, "PMCR.E = 0 stops it");
	CP_WRITE(c9, 0, c13, 0, 0x1234);
	is(CYCLES(), 0x1234, "it can be written");
	PMCR_WRITE(4);
	is(CYCLES(), 0, "PMCR.C clears it");
	ok((CP_READ(c9, 0, c12, 0) >> 11 & 31) >= 2, "there are event counters");
	CP_WRITE(c9, 0, c12, 5, 0);
	CP_WRITE(c9, 0, c13, 1, 0); /* software increment */
	CP_WRITE(c9, 0, c13, 2, 10);
	CP_WRITE(c9, 0, c12, 1, 1);
	PMCR_WRITE(1);
	CP_WRITE(c9, 0, c12, 4, 1);
	CP_WRITE(c9, 0, c12, 4, 1);
	is(CP_READ(c9, 0, c13, 2), 12, "software increments");
	CP_WRITE(c9, 0, c12, 2, 1);
	CP_WRITE(c9, 0, c12, 4, 1);
	is(CP_READ(c9, 0, c13, 2), 12, "none while it is off");
	PMCR_WRITE(2);
	is(CP_READ(c9, 0, c13, 2), 0, "PMCR.P clears the event counters");
	PMCR_WRITE(0);
}

int main(void)
{
	gic_start();
	check_software();
	check_priorities();
	check_preemption();
	check_shared();
	check_edge_and_level();
	check_fiq();
	check_timers();
	check_wait();
	check_busy();
	check_counters();
	return 0;
}

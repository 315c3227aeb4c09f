/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PC16550D UART: National Semiconductor's data sheet, chapter 8.
 * Sending takes no time, so the transmitter is always empty; receiving goes at the pace
 * of whoever is at the other end of the line, only the character time-out is timed.
 * An open line has its modem inputs asserted (CTS, DSR, DCD), without one they aren't.
 * Not modelled: sending breaks but in loop-back, parity and framing errors, RXRDY and
 * TXRDY, modem outputs but for loop-back and OUT2.
 */
#include "ns16550.h"

#include <emu/archive.h>
#include <emu/port.h>

enum {
	UART_RBR_THR_DLL = 0,
	UART_IER_DLM = 1,
	UART_IIR_FCR = 2,
	UART_LCR = 3,
	UART_MCR = 4,
	UART_LSR = 5,
	UART_MSR = 6,
	UART_SCR = 7,
};

#define IER_RECEIVED 0x01
#define IER_THRE 0x02
#define IER_LINE 0x04
#define IER_MODEM 0x08
#define IER_MASK 0x0F

#define IIR_MODEM 0x00
#define IIR_NONE 0x01
#define IIR_THRE 0x02
#define IIR_RECEIVED 0x04
#define IIR_LINE 0x06
#define IIR_TIMEOUT 0x0C
#define IIR_FIFOS 0xC0

#define FCR_ENABLE 0x01
#define FCR_CLEAR_RECEIVER 0x02
#define FCR_KEPT 0xC9 /* enable, DMA mode, trigger level */

#define LCR_LENGTH 0x03
#define LCR_STOP 0x04
#define LCR_PARITY 0x08
#define LCR_BREAK 0x40
#define LCR_DLAB 0x80

#define MCR_DTR 0x01
#define MCR_RTS 0x02
#define MCR_OUT1 0x04
#define MCR_OUT2 0x08
#define MCR_LOOP 0x10
#define MCR_MASK 0x1F

#define LSR_READY 0x01
#define LSR_OVERRUN 0x02
#define LSR_BREAK 0x10
#define LSR_EMPTY 0x60 /* THRE, TEMT */
#define LSR_FIFO_ERROR 0x80

#define MSR_RING_ENDED 0x04
#define MSR_CTS 0x10
#define MSR_DSR 0x20
#define MSR_RI 0x40
#define MSR_DCD 0x80

#define NS16550_FIFO 16
#define TIMEOUT_CHARACTERS 4

struct ns16550 {
	struct clock *clock;
	uint32_t hz;
	bool out2_gates;
	struct irq irq;
	struct serial_line *line;
	struct alarm timeout;
	uint16_t fifo[NS16550_FIFO]; /* characters, with their LSR bits above them */
	uint8_t first, count;
	bool overrun, timed_out;
	bool thre;     /* the interrupt of the empty transmitter is pending */
	bool starving; /* the line had to hold back bytes */
	uint16_t divisor;
	uint8_t ier, fcr, lcr, mcr, msr, scr;
};

static unsigned ns16550_depth(const struct ns16550 *u)
{
	return u->fcr & FCR_ENABLE ? NS16550_FIFO : 1;
}

static unsigned ns16550_trigger(const struct ns16550 *u)
{
	static const uint8_t levels[4] = { 1, 4, 8, 14 };

	return u->fcr & FCR_ENABLE ? levels[u->fcr >> 6] : 1;
}

/* The LSR bits that come with the first character. */
static uint8_t ns16550_first_errors(const struct ns16550 *u)
{
	return u->count ? (uint8_t)(u->fifo[u->first] >> 8) : 0;
}

/* What IIR says but for its upper bits, by priority. */
static uint8_t ns16550_cause(const struct ns16550 *u)
{
	if ((u->ier & IER_LINE) && (u->overrun || ns16550_first_errors(u)))
		return IIR_LINE;
	if ((u->ier & IER_RECEIVED) && u->count >= ns16550_trigger(u))
		return IIR_RECEIVED;
	if ((u->ier & IER_RECEIVED) && u->timed_out)
		return IIR_TIMEOUT;
	if ((u->ier & IER_THRE) && u->thre)
		return IIR_THRE;
	if ((u->ier & IER_MODEM) && (u->msr & 0x0F))
		return IIR_MODEM;
	return IIR_NONE;
}

/* In loop-back the pin OUT2 is inactive. */
static void ns16550_drive(struct ns16550 *u)
{
	bool gate = !u->out2_gates || (u->mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2;

	irq_set(&u->irq, gate && ns16550_cause(u) != IIR_NONE);
}

/* Bit times of a character, doubled because of 1.5 stop bits. */
static unsigned ns16550_half_bits(const struct ns16550 *u)
{
	unsigned length = 5 + (u->lcr & LCR_LENGTH);
	unsigned stop = !(u->lcr & LCR_STOP) ? 2 : length == 5 ? 3 : 4;

	return 2 * (1 + length + (u->lcr & LCR_PARITY ? 1 : 0)) + stop;
}

/* The time-out counts from the last character that came or was read. */
static void ns16550_restart_timeout(struct ns16550 *u)
{
	uint32_t divisor = u->divisor ? u->divisor : 0x10000;
	uint64_t clocks = (uint64_t)TIMEOUT_CHARACTERS * ns16550_half_bits(u) * 8 * divisor;

	u->timed_out = false;
	if (!u->count || !(u->fcr & FCR_ENABLE))
		alarm_cancel(&u->timeout);
	else
		alarm_set(&u->timeout, clock_now(u->clock) +
					       clock_scale(clocks, (uint32_t)NS_PER_SECOND, u->hz));
}

static void ns16550_fire(void *context)
{
	struct ns16550 *u = context;

	u->timed_out = u->count > 0;
	ns16550_drive(u);
}

/* The receiver. */

static void ns16550_push(struct ns16550 *u, uint16_t character)
{
	if (u->count < ns16550_depth(u)) {
		u->fifo[(u->first + u->count) % NS16550_FIFO] = character;
		u->count++;
		return;
	}
	u->overrun = true;
	/* A full FIFO keeps what it has; without FIFOs the buffer is overwritten. */
	if (!(u->fcr & FCR_ENABLE))
		u->fifo[u->first] = character;
}

static void ns16550_received(struct ns16550 *u)
{
	ns16550_restart_timeout(u);
	ns16550_drive(u);
}

static void ns16550_clear_receiver(struct ns16550 *u)
{
	u->first = u->count = 0;
	ns16550_restart_timeout(u);
}

static size_t ns16550_room(void *chip)
{
	struct ns16550 *u = chip;
	size_t room = u->mcr & MCR_LOOP ? 0 : ns16550_depth(u) - u->count;

	u->starving = !room;
	return room;
}

static void ns16550_receive(void *chip, const uint8_t *bytes, size_t count)
{
	struct ns16550 *u = chip;

	for (size_t i = 0; i < count && i < NS16550_FIFO; i++)
		ns16550_push(u, bytes[i]);
	ns16550_received(u);
}

static void ns16550_receive_break(void *chip)
{
	struct ns16550 *u = chip;

	if (!(u->mcr & MCR_LOOP))
		ns16550_push(u, LSR_BREAK << 8);
	ns16550_received(u);
}

/* Tells the port, once, that bytes it held back may come now. */
static void ns16550_feed(struct ns16550 *u)
{
	if (!u->starving || (u->mcr & MCR_LOOP) || u->count >= ns16550_depth(u))
		return;
	u->starving = false;
	if (u->line && u->line->ready)
		u->line->ready(u->line->port);
}

static uint8_t ns16550_read_data(struct ns16550 *u)
{
	uint8_t character = (uint8_t)u->fifo[u->first];

	if (!u->count)
		return 0;
	u->first = (u->first + 1) % NS16550_FIFO;
	u->count--;
	ns16550_restart_timeout(u);
	ns16550_feed(u);
	return character;
}

/* The transmitter. */

static void ns16550_transmit(struct ns16550 *u, uint8_t byte)
{
	/* The interrupt goes and comes again, which edge-triggered inputs must see. */
	u->thre = false;
	ns16550_drive(u);
	if (u->mcr & MCR_LOOP) {
		ns16550_push(u, byte & ((1u << (5 + (u->lcr & LCR_LENGTH))) - 1));
		ns16550_restart_timeout(u);
	} else if (u->line && u->line->transmit) {
		u->line->transmit(u->line->port, &byte, 1);
	}
	u->thre = true;
}

/* Modem lines. */

static uint8_t ns16550_modem_inputs(const struct ns16550 *u)
{
	if (!(u->mcr & MCR_LOOP))
		return u->line ? MSR_CTS | MSR_DSR | MSR_DCD : 0;
	return (uint8_t)((u->mcr & MCR_RTS ? MSR_CTS : 0) | (u->mcr & MCR_DTR ? MSR_DSR : 0) |
			 (u->mcr & MCR_OUT1 ? MSR_RI : 0) | (u->mcr & MCR_OUT2 ? MSR_DCD : 0));
}

static void ns16550_update_modem(struct ns16550 *u)
{
	uint8_t inputs = ns16550_modem_inputs(u);
	uint8_t changed = (uint8_t)((inputs ^ u->msr) & 0xF0);

	/* Of the ring indicator only the end counts. */
	if (inputs & MSR_RI)
		changed &= (uint8_t)~MSR_RI;
	u->msr = (uint8_t)(inputs | (u->msr & 0x0F) | changed >> 4);
}

/* Registers. */

static uint8_t ns16550_read_iir(struct ns16550 *u)
{
	uint8_t cause = ns16550_cause(u);

	if (cause == IIR_THRE)
		u->thre = false;
	return (uint8_t)(cause | (u->fcr & FCR_ENABLE ? IIR_FIFOS : 0));
}

static bool ns16550_has_errors(const struct ns16550 *u)
{
	for (unsigned i = 0; i < u->count; i++)
		if (u->fifo[(u->first + i) % NS16550_FIFO] >> 8)
			return true;
	return false;
}

static uint8_t ns16550_read_lsr(struct ns16550 *u)
{
	unsigned value = LSR_EMPTY | ns16550_first_errors(u);

	if (u->count)
		value |= LSR_READY;
	if (u->overrun)
		value |= LSR_OVERRUN;
	if ((u->fcr & FCR_ENABLE) && ns16550_has_errors(u))
		value |= LSR_FIFO_ERROR;
	u->overrun = false;
	u->fifo[u->first] &= 0xFF;
	return (uint8_t)value;
}

static uint8_t ns16550_read_msr(struct ns16550 *u)
{
	uint8_t value = u->msr;

	u->msr &= 0xF0;
	return value;
}

static uint8_t ns16550_read_register(struct ns16550 *u, gpa offset)
{
	bool dlab = u->lcr & LCR_DLAB;

	switch (offset) {
	case UART_RBR_THR_DLL:
		return dlab ? (uint8_t)u->divisor : ns16550_read_data(u);
	case UART_IER_DLM:
		return dlab ? (uint8_t)(u->divisor >> 8) : u->ier;
	case UART_IIR_FCR:
		return ns16550_read_iir(u);
	case UART_LCR:
		return u->lcr;
	case UART_MCR:
		return u->mcr;
	case UART_LSR:
		return ns16550_read_lsr(u);
	case UART_MSR:
		return ns16550_read_msr(u);
	default:
		return u->scr;
	}
}

static uint64_t ns16550_read(void *chip, gpa offset, unsigned size)
{
	struct ns16550 *u = chip;
	uint8_t value = ns16550_read_register(u, offset & 7);

	(void)size;
	ns16550_drive(u);
	return value;
}

static void ns16550_write_ier(struct ns16550 *u, uint8_t value)
{
	/* The transmitter is empty: enabling its interrupt raises it. */
	if (value & ~u->ier & IER_THRE)
		u->thre = true;
	u->ier = value & IER_MASK;
}

static void ns16550_write_fcr(struct ns16550 *u, uint8_t value)
{
	bool switched = (value ^ u->fcr) & FCR_ENABLE;

	/* Other bits are only programmed while FIFOs are enabled. */
	u->fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
	if (switched || ((value & FCR_ENABLE) && (value & FCR_CLEAR_RECEIVER)))
		ns16550_clear_receiver(u);
}

static void ns16550_write_lcr(struct ns16550 *u, uint8_t value)
{
	bool breaks = value & ~u->lcr & LCR_BREAK;

	u->lcr = value;
	if (breaks && (u->mcr & MCR_LOOP)) {
		ns16550_push(u, LSR_BREAK << 8);
		ns16550_restart_timeout(u);
	}
}

static void ns16550_write_divisor(struct ns16550 *u, gpa offset, uint8_t value)
{
	if (offset == UART_RBR_THR_DLL)
		u->divisor = (uint16_t)((u->divisor & 0xFF00) | value);
	else
		u->divisor = (uint16_t)((u->divisor & 0xFF) | value << 8);
}

static void ns16550_write(void *chip, gpa offset, unsigned size, uint64_t wide)
{
	struct ns16550 *u = chip;
	uint8_t value = (uint8_t)wide;

	(void)size;
	offset &= 7;
	if (offset <= UART_IER_DLM && (u->lcr & LCR_DLAB))
		ns16550_write_divisor(u, offset, value);
	else if (offset == UART_RBR_THR_DLL)
		ns16550_transmit(u, value);
	else if (offset == UART_IER_DLM)
		ns16550_write_ier(u, value);
	else if (offset == UART_IIR_FCR)
		ns16550_write_fcr(u, value);
	else if (offset == UART_LCR)
		ns16550_write_lcr(u, value);
	else if (offset == UART_MCR)
		u->mcr = value & MCR_MASK;
	else if (offset == UART_SCR)
		u->scr = value;
	/* LSR and MSR are written in the factory only. */
	ns16550_update_modem(u);
	ns16550_feed(u);
	ns16550_drive(u);
}

static void ns16550_reset(void *chip)
{
	struct ns16550 *u = chip;

	u->ier = u->fcr = u->lcr = u->mcr = u->scr = 0;
	u->divisor = 12; /* arbitrary after power-on; 9600 bit/s on a PC */
	u->overrun = u->thre = false;
	ns16550_clear_receiver(u);
	for (unsigned i = 0; i < NS16550_FIFO; i++)
		u->fifo[i] = 0;
	u->msr = ns16550_modem_inputs(u);
	ns16550_feed(u);
	ns16550_drive(u);
}

static void ns16550_state(void *chip, struct archive *a)
{
	struct ns16550 *u = chip;

	archive_u8(a, "ier", &u->ier);
	archive_u8(a, "fcr", &u->fcr);
	archive_u8(a, "lcr", &u->lcr);
	archive_u8(a, "mcr", &u->mcr);
	archive_u8(a, "msr", &u->msr);
	archive_u8(a, "scr", &u->scr);
	archive_u16(a, "divisor", &u->divisor);
	archive_u8(a, "first", &u->first);
	archive_u8(a, "count", &u->count);
	archive_bool(a, "overrun", &u->overrun);
	archive_bool(a, "timed_out", &u->timed_out);
	archive_bool(a, "thre", &u->thre);
	for (unsigned i = 0; i < NS16550_FIFO; i++)
		archive_u16(a, "fifo", &u->fifo[i]);
	alarm_state(&u->timeout, a, "timeout");
	archive_require(a, u->first < NS16550_FIFO && u->count <= ns16550_depth(u));
	archive_require(a, (u->ier & ~IER_MASK) == 0 && (u->mcr & ~MCR_MASK) == 0);
	if (archive_loading(a)) {
		u->first %= NS16550_FIFO;
		ns16550_drive(u);
	}
}

static void ns16550_destroy(void *chip)
{
	struct ns16550 *u = chip;

	alarm_cancel(&u->timeout);
	port_free(u, sizeof *u);
}

struct ns16550 *ns16550_create(const struct ns16550_config *config)
{
	struct ns16550 *u = port_allocate(sizeof *u, PORT_PLAIN);

	if (!u)
		return NULL;
	u->clock = config->clock;
	u->hz = config->hz;
	u->out2_gates = config->out2_gates;
	u->irq = config->irq;
	u->line = config->line;
	alarm_init(&u->timeout, config->clock, ns16550_fire, u);
	if (u->line) {
		u->line->chip = u;
		u->line->room = ns16550_room;
		u->line->receive = ns16550_receive;
		u->line->receive_break = ns16550_receive_break;
	}
	ns16550_reset(u);
	return u;
}

const struct chip_ops ns16550_ops = {
	.name = "ns16550",
	.read = ns16550_read,
	.write = ns16550_write,
	.reset = ns16550_reset,
	.state = ns16550_state,
	.destroy = ns16550_destroy,
	.max_bytes = 1,
};

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The window's thread, with SDL 2.  The library is loaded when a window is opened: l4vm
 * runs where it isn't installed, and pays nothing for it without a window.
 *
 * The thread sleeps in SDL's wait for events; window_thread_wake sends it one.  It shows
 * the picture by plain copies to the window, which needs no graphics card.
 */
#define _GNU_SOURCE
#include <SDL2/SDL.h>
#include <dlfcn.h>
#include <emu/port.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "port/linux/window_core.h"
#include "port/linux/window_keys.h"

#define SDL_LIBRARY "libSDL2-2.0.so.0"
#define BLANK_WIDTH 640u /* of a window before the first picture */
#define BLANK_HEIGHT 400u
#define SMALLEST 64

/* The functions used, X(name without SDL_); */
#define SDL_FUNCTIONS(X)                                                                           \
	X(CreateRGBSurfaceWithFormat);                                                             \
	X(CreateWindow);                                                                           \
	X(DestroyWindow);                                                                          \
	X(FillRect);                                                                               \
	X(FreeSurface);                                                                            \
	X(GetError);                                                                               \
	X(GetDisplayUsableBounds);                                                                 \
	X(GetWindowFlags);                                                                         \
	X(GetWindowDisplayIndex);                                                                  \
	X(GetWindowSize);                                                                          \
	X(GetWindowSurface);                                                                       \
	X(Init);                                                                                   \
	X(PollEvent);                                                                              \
	X(PushEvent);                                                                              \
	X(Quit);                                                                                   \
	X(RegisterEvents);                                                                         \
	X(SetHint);                                                                                \
	X(SetRelativeMouseMode);                                                                   \
	X(SetWindowFullscreen);                                                                    \
	X(SetWindowKeyboardGrab);                                                                  \
	X(SetWindowMinimumSize);                                                                   \
	X(SetWindowSize);                                                                          \
	X(SetWindowTitle);                                                                         \
	X(StopTextInput);                                                                          \
	X(UpdateWindowSurfaceRects);                                                               \
	X(UpperBlit);                                                                              \
	X(WaitEventTimeout);

#define SDL_POINTER(name) __typeof__(SDL_##name) *name
static struct {
	SDL_FUNCTIONS(SDL_POINTER)
} sdl;

struct view {
	struct window *w;
	SDL_Window *window;
	SDL_Surface *frame; /* as large as the window, 0x00RRGGBB */
	struct window_place place;
	unsigned width, height;    /* of the picture that is shown */
	int own_width, own_height; /* of the window, if nobody has changed it since */
	bool whole;                /* all of it has to be shown again */
	bool grabbed;
	unsigned buttons;
	struct window_keys keys;
};

/* The type of events by which other threads wake this one, once there is a window. */
static uint32_t wake_type;
static bool wake_sent;

static const struct {
	const char *name, *value;
} hints[] = {
	/* Not those without a display, which SDL otherwise comes to in the end. */
	{ SDL_HINT_VIDEODRIVER, "x11,wayland" },
	{ SDL_HINT_NO_SIGNAL_HANDLERS, "1" },
	{ SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1" },
	{ SDL_HINT_FRAMEBUFFER_ACCELERATION, "0" },
	{ SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0" },
	{ SDL_HINT_APP_NAME, "l4vm" },
};

static bool sdl_load(char *error, size_t room)
{
	void *library = dlopen(SDL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool good = library;

	if (!library) {
		snprintf(error, room,
			 "a window needs SDL; install it with: apt-get install libsdl2-2.0-0");
		return false;
	}
#define SDL_FIND(name)                                                                             \
	sdl.name = dlsym(library, "SDL_" #name);                                                   \
	good &= sdl.name != NULL
	SDL_FUNCTIONS(SDL_FIND);
	if (!good)
		snprintf(error, room, "a window needs SDL 2.0.16 or newer");
	return good;
}

void window_thread_wake(struct window *w)
{
	SDL_Event e = { .type = wake_type };

	(void)w;
	if (wake_type && !__atomic_exchange_n(&wake_sent, true, __ATOMIC_SEQ_CST))
		sdl.PushEvent(&e);
}

/* The window's look. */

static void view_title(struct view *v)
{
	char title[256];
	const char *keys = !v->w->config.input->move ? "Ctrl+Alt+F: full screen" :
			   v->grabbed                ? "Ctrl+Alt+G releases the mouse" :
					"click to use the mouse, Ctrl+Alt+F: full screen";

	snprintf(title, sizeof title, "%s - L4VM (%s)", v->w->config.name, keys);
	sdl.SetWindowTitle(v->window, title);
}

static void view_grab(struct view *v, bool grab)
{
	if (v->grabbed == grab)
		return;
	v->grabbed = grab;
	sdl.SetWindowKeyboardGrab(v->window, grab);
	if (v->w->config.input->move)
		sdl.SetRelativeMouseMode(grab);
	view_title(v);
}

static void view_full_screen(struct view *v)
{
	uint32_t full = sdl.GetWindowFlags(v->window) & SDL_WINDOW_FULLSCREEN_DESKTOP;

	sdl.SetWindowFullscreen(v->window, full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

/* Enlarged as long as it takes at most two thirds of the desktop, never larger than that. */
static void view_size(const struct view *v, int *width, int *height)
{
	int display = sdl.GetWindowDisplayIndex(v->window);
	struct window_place all, part;
	SDL_Rect r;

	*width = (int)v->width;
	*height = (int)v->height;
	if (display < 0 || sdl.GetDisplayUsableBounds(display, &r) || r.w <= 0 || r.h <= 0)
		return;
	all = window_place(v->width, v->height, (unsigned)r.w, (unsigned)r.h);
	part = window_place(v->width, v->height, (unsigned)r.w * 2 / 3, (unsigned)r.h * 2 / 3);
	if (part.factor || !all.factor) {
		*width = (int)(part.factor ? part.width : all.width);
		*height = (int)(part.factor ? part.height : all.height);
	}
}

/* A window that has the size it got here follows the picture's. */
static void view_follow(struct view *v)
{
	uint32_t flags = sdl.GetWindowFlags(v->window);
	int width, height;

	if (flags & (SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_MAXIMIZED))
		return;
	sdl.GetWindowSize(v->window, &width, &height);
	if (width != v->own_width || height != v->own_height)
		return;
	view_size(v, &width, &height);
	sdl.SetWindowSize(v->window, width, height);
	sdl.GetWindowSize(v->window, &v->own_width, &v->own_height);
}

/* The picture. */

static bool view_frame(struct view *v, const SDL_Surface *surface)
{
	if (v->frame && v->frame->w == surface->w && v->frame->h == surface->h)
		return true;
	if (v->frame)
		sdl.FreeSurface(v->frame);
	v->frame = sdl.CreateRGBSurfaceWithFormat(0, surface->w, surface->h, 32,
						  SDL_PIXELFORMAT_RGB888);
	v->whole = true;
	return v->frame;
}

/* With the lock held.  Returns which lines of the frame are new. */
static struct window_lines view_draw(struct view *v)
{
	struct window_picture *p = &v->w->picture;
	unsigned window_height = (unsigned)v->frame->h;
	struct window_lines lines;

	if (v->whole) {
		v->place = window_place(p->width, p->height, (unsigned)v->frame->w, window_height);
		sdl.FillRect(v->frame, NULL, 0);
		v->w->changed_first = 0;
		v->w->changed_end = p->height;
	}
	lines = window_lines(&v->place, p->height, v->w->changed_first, v->w->changed_end);
	v->w->changed_first = v->w->changed_end = 0;
	window_scale(&v->place, p, lines, v->frame->pixels,
		     (size_t)v->frame->pitch / sizeof(uint32_t));
	if (v->whole)
		return (struct window_lines){ 0, window_height };
	return (struct window_lines){ lines.first + v->place.y, lines.end + v->place.y };
}

/* Whether the picture has another size than before. */
static bool view_resized(struct view *v)
{
	const struct window_picture *p = &v->w->picture;
	bool resized;

	pthread_mutex_lock(&v->w->lock);
	resized = v->width != p->width || v->height != p->height;
	v->width = p->width;
	v->height = p->height;
	pthread_mutex_unlock(&v->w->lock);
	return resized;
}

static void view_show(struct view *v)
{
	struct window_lines lines;
	SDL_Surface *surface;
	SDL_Rect r;

	if (view_resized(v)) {
		v->whole = true;
		if (v->width)
			view_follow(v);
	}
	surface = sdl.GetWindowSurface(v->window);
	if (!surface || !view_frame(v, surface))
		return;
	pthread_mutex_lock(&v->w->lock);
	/* Another size since is shown by the next turn, which was asked for then. */
	if (v->width != v->w->picture.width || v->height != v->w->picture.height) {
		pthread_mutex_unlock(&v->w->lock);
		return;
	}
	lines = view_draw(v);
	pthread_mutex_unlock(&v->w->lock);
	v->whole = false;
	if (lines.first >= lines.end)
		return;
	r = (SDL_Rect){ 0, (int)lines.first, surface->w, (int)(lines.end - lines.first) };
	sdl.UpperBlit(v->frame, &r, surface, &r);
	sdl.UpdateWindowSurfaceRects(v->window, &r, 1);
}

/* Events. */

static void send_key(struct view *v, unsigned usage, bool down)
{
	window_put(v->w, &(struct window_event){ .usage = usage, .down = down });
}

static void send_mouse(struct view *v, int dx, int dy, int wheel)
{
	window_put(v->w, &(struct window_event){
				 .dx = dx, .dy = dy, .wheel = wheel, .buttons = v->buttons });
}

/* Leaves nothing down that goes up elsewhere. */
static void view_release(struct view *v)
{
	unsigned usage;

	while ((usage = window_key_release(&v->keys)) != 0)
		send_key(v, usage, false);
	if (v->buttons) {
		v->buttons = 0;
		send_mouse(v, 0, 0, 0);
	}
	view_grab(v, false);
}

static void on_window_key(struct view *v, const SDL_KeyboardEvent *e)
{
	/* SDL's scan codes are the usages. */
	unsigned usage = (unsigned)e->keysym.scancode;
	bool down = e->state == SDL_PRESSED;

	switch (window_key(&v->keys, &usage, down)) {
	case WINDOW_KEY_SEND:
		send_key(v, usage, down);
		break;
	case WINDOW_KEY_GRAB:
		view_grab(v, !v->grabbed);
		break;
	case WINDOW_KEY_FULL_SCREEN:
		view_full_screen(v);
		break;
	default:
		break;
	}
}

static void on_button(struct view *v, const SDL_MouseButtonEvent *e)
{
	static const uint8_t bits[] = {
		[SDL_BUTTON_LEFT] = 1, [SDL_BUTTON_MIDDLE] = 4, [SDL_BUTTON_RIGHT] = 2
	};
	unsigned bit = e->button < sizeof bits ? bits[e->button] : 0;

	if (!v->grabbed) {
		if (e->state == SDL_PRESSED && e->button == SDL_BUTTON_LEFT &&
		    v->w->config.input->move)
			view_grab(v, true);
		return;
	}
	v->buttons = e->state == SDL_PRESSED ? v->buttons | bit : v->buttons & ~bit;
	send_mouse(v, 0, 0, 0);
}

static void on_window(struct view *v, const SDL_WindowEvent *e)
{
	switch (e->event) {
	case SDL_WINDOWEVENT_CLOSE:
		v->w->config.closed(v->w->config.context);
		break;
	case SDL_WINDOWEVENT_SHOWN:
	case SDL_WINDOWEVENT_RESTORED:
	case SDL_WINDOWEVENT_EXPOSED:
	case SDL_WINDOWEVENT_SIZE_CHANGED:
		v->whole = true;
		__atomic_store_n(&v->w->visible, true, __ATOMIC_SEQ_CST);
		machine_attention(v->w->config.machine);
		break;
	case SDL_WINDOWEVENT_HIDDEN:
	case SDL_WINDOWEVENT_MINIMIZED:
		__atomic_store_n(&v->w->visible, false, __ATOMIC_SEQ_CST);
		break;
	case SDL_WINDOWEVENT_FOCUS_LOST:
		view_release(v);
		break;
	default:
		break;
	}
}

static void on_event(struct view *v, const SDL_Event *e)
{
	switch (e->type) {
	case SDL_KEYDOWN:
	case SDL_KEYUP:
		on_window_key(v, &e->key);
		break;
	case SDL_MOUSEMOTION:
		if (v->grabbed)
			send_mouse(v, e->motion.xrel, e->motion.yrel, 0);
		break;
	case SDL_MOUSEBUTTONDOWN:
	case SDL_MOUSEBUTTONUP:
		on_button(v, &e->button);
		break;
	case SDL_MOUSEWHEEL:
		if (v->grabbed)
			send_mouse(v, 0, 0, -e->wheel.y);
		break;
	case SDL_WINDOWEVENT:
		on_window(v, &e->window);
		break;
	default:
		break;
	}
}

/* The thread. */

static int milliseconds_until(uint64_t due_ns)
{
	uint64_t now_ns = port_now_ns();

	if (due_ns == WINDOW_NEVER)
		return -1;
	if (due_ns <= now_ns)
		return 0;
	/* Upwards, so that it is time then. */
	return (int)((due_ns - now_ns) / 1000000 % 60000) + 1;
}

/* Asks the machine for a picture when it is time, and to take what was pressed. */
static void ask_machine(struct view *v)
{
	struct window *w = v->w;
	uint64_t due_ns = __atomic_load_n(&w->due_ns, __ATOMIC_SEQ_CST);
	bool ask;

	pthread_mutex_lock(&w->lock);
	ask = w->events_head != w->events_tail;
	pthread_mutex_unlock(&w->lock);
	if (port_now_ns() >= due_ns)
		ask |= __atomic_compare_exchange_n(&w->due_ns, &due_ns, WINDOW_NEVER, false,
						   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	if (ask)
		machine_attention(w->config.machine);
}

static void view_turn(struct view *v)
{
	uint64_t due_ns = __atomic_load_n(&v->w->due_ns, __ATOMIC_SEQ_CST);
	SDL_Event e;

	if (sdl.WaitEventTimeout(&e, milliseconds_until(due_ns)))
		do
			on_event(v, &e);
		while (sdl.PollEvent(&e));
	/* Before anything is looked at that comes with a wake-up. */
	__atomic_store_n(&wake_sent, false, __ATOMIC_SEQ_CST);
	ask_machine(v);
	view_show(v);
}

static bool view_open(struct view *v)
{
	bool full = v->w->config.full_screen;
	uint32_t flags = SDL_WINDOW_RESIZABLE | (full ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);

	if (sdl.Init(SDL_INIT_VIDEO))
		return false;
	sdl.StopTextInput();
	view_resized(v);
	v->own_width = (int)(v->width ? v->width : BLANK_WIDTH);
	v->own_height = (int)(v->height ? v->height : BLANK_HEIGHT);
	v->window = sdl.CreateWindow("L4VM", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
				     v->own_width, v->own_height, flags);
	if (!v->window)
		return false;
	sdl.SetWindowMinimumSize(v->window, SMALLEST, SMALLEST);
	view_title(v);
	if (v->width)
		view_follow(v);
	v->whole = true;
	__atomic_store_n(&wake_type, sdl.RegisterEvents(1), __ATOMIC_SEQ_CST);
	return true;
}

static void view_close(struct view *v)
{
	__atomic_store_n(&wake_type, 0, __ATOMIC_SEQ_CST);
	if (v->frame)
		sdl.FreeSurface(v->frame);
	if (v->window)
		sdl.DestroyWindow(v->window);
	sdl.Quit();
}

/* What window_thread_start waits for. */
struct window_starting {
	struct window *w;
	sem_t told;
	bool good;
	char *error;
	size_t room;
};

static void *window_thread(void *context)
{
	struct window_starting *starting = context;
	struct view v = { .w = starting->w };
	bool good = view_open(&v);

	starting->good = good;
	if (!good)
		snprintf(starting->error, starting->room, "can't open a window: %s",
			 sdl.GetError());
	sem_post(&starting->told);
	while (good && !__atomic_load_n(&v.w->ending, __ATOMIC_SEQ_CST))
		view_turn(&v);
	view_close(&v);
	return NULL;
}

bool window_thread_start(struct window *w, char *error, size_t room)
{
	struct window_starting starting = { .w = w, .error = error, .room = room };
	sigset_t all, before;

	if (!sdl_load(error, room))
		return false;
	for (unsigned i = 0; i < sizeof hints / sizeof hints[0]; i++)
		sdl.SetHint(hints[i].name, hints[i].value);
	sem_init(&starting.told, 0, 0);
	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&w->thread, NULL, window_thread, &starting) == 0) {
		while (sem_wait(&starting.told))
			;
		if (!starting.good)
			pthread_join(w->thread, NULL);
	} else {
		snprintf(error, room, "can't start a thread for a window");
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	sem_destroy(&starting.told);
	return starting.good;
}

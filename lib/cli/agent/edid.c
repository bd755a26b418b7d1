#include "cli/agent/edid.h"
#include "cli/agent/clean.h"
#include <stdio.h>
#include <string.h>

/* Where things stand in the block: VESA E-EDID 1.4, section 3. */
enum {
    AT_VENDOR = 8,
    AT_PRODUCT = 10,
    AT_SERIAL = 12,
    AT_WEEK = 16,
    AT_YEAR = 17,
    AT_VERSION = 18,
    AT_WIDTH_CM = 21,
    AT_HEIGHT_CM = 22,
    AT_DESCRIPTORS = 54,
    DESCRIPTOR_SIZE = 18,
    DESCRIPTORS = 4,
    TEXT_SERIAL = 0xff,
    TEXT_NAME = 0xfc,
    TEXT_AT = 5,
    TEXT_LENGTH = 13,
    FIRST_YEAR = 1990,
    LAST_WEEK = 54
};

/* Registered three letters of common makers. */
static const struct {
    char letters[4];
    const char *name;
} vendors[] = {
    {"AAC", "AcerView"},
    {"ACI", "ASUS"},
    {"ACR", "Acer"},
    {"AOC", "AOC"},
    {"APP", "Apple"},
    {"AUO", "AU Optronics"},
    {"AUS", "ASUS"},
    {"BNQ", "BenQ"},
    {"BOE", "BOE"},
    {"CMN", "Innolux"},
    {"CMO", "Chi Mei"},
    {"DEL", "Dell"},
    {"EIZ", "EIZO"},
    {"ENC", "EIZO"},
    {"FUJ", "Fujitsu"},
    {"FUS", "Fujitsu"},
    {"GSM", "LG Electronics"},
    {"HPN", "Hewlett Packard"},
    {"HSD", "HannStar"},
    {"HWP", "Hewlett Packard"},
    {"IVM", "iiyama"},
    {"LEN", "Lenovo"},
    {"LGD", "LG Display"},
    {"MEI", "Panasonic"},
    {"MSI", "MSI"},
    {"NEC", "NEC"},
    {"PHL", "Philips"},
    {"SAM", "Samsung"},
    {"SDC", "Samsung"},
    {"SHP", "Sharp"},
    {"SNY", "Sony"},
    {"TSB", "Toshiba"},
    {"VSC", "ViewSonic"},
    {"WAC", "Wacom"},
};

static bool is_edid(const uint8_t *bytes, size_t length)
{
    static const uint8_t header[8] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
    unsigned sum = 0;
    if (length < AGENT_EDID_SIZE || memcmp(bytes, header, sizeof header) != 0 || bytes[AT_VERSION] != 1)
        return false;
    for (size_t i = 0; i < AGENT_EDID_SIZE; i++)
        sum += bytes[i];
    return sum % 256 == 0;
}

/* Five bits a letter, A is 1. @return false: not letters */
static bool read_vendor(const uint8_t *bytes, struct agent_monitor *monitor)
{
    unsigned packed = (unsigned)bytes[AT_VENDOR] << 8 | bytes[AT_VENDOR + 1];
    char letters[4] = "";
    for (int i = 0; i < 3; i++) {
        unsigned letter = packed >> (10 - 5 * i) & 31;
        if (letter < 1 || letter > 26)
            return false;
        letters[i] = (char)('A' + letter - 1);
    }
    snprintf(monitor->vendor, sizeof monitor->vendor, "%s", letters);
    for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++)
        if (strcmp(vendors[i].letters, letters) == 0)
            snprintf(monitor->vendor, sizeof monitor->vendor, "%s", vendors[i].name);
    return true;
}

/* A text ends with a line feed, and is in an old code page: what is not ASCII becomes '?'. */
static void read_text(const uint8_t *descriptor, char *to, size_t size)
{
    char text[TEXT_LENGTH];
    memcpy(text, descriptor + TEXT_AT, sizeof text);
    const char *end = memchr(text, '\n', sizeof text);
    size_t length = end ? (size_t)(end - text) : sizeof text;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] > 0x7e)
            text[i] = '?';
    agent_clean(to, size, text, length);
}

/* The diagonal of so many millimetres, rounded to a tenth of an inch, which is 2.54 mm. */
static int diagonal(int64_t width, int64_t height)
{
    int64_t square = (width * width + height * height) * 10000;
    int tenths = 0;
    while ((2 * tenths + 1) * (int64_t)127 * ((2 * tenths + 1) * (int64_t)127) <= square)
        tenths++;
    return tenths;
}

/* A timing has its clock in front; other descriptors have 0 there. The first one is the native mode. It knows the size in
 * millimetres; makers who put the aspect ratio there are found out by the centimetres in the header. */
static void read_timing(const uint8_t *timing, int width_cm, int height_cm, struct agent_monitor *monitor)
{
    int across = timing[2] | (timing[4] & 0xf0) << 4, down = timing[5] | (timing[7] & 0xf0) << 4;
    int width = timing[12] | (timing[14] & 0xf0) << 4, height = timing[13] | (timing[14] & 0x0f) << 8;
    bool interlaced = timing[17] & 0x80;
    if (across && down)
        snprintf(monitor->resolution, sizeof monitor->resolution, "%dx%d", across,
                 interlaced ? 2 * down : down);
    int off_width = width - 10 * width_cm, off_height = height - 10 * height_cm;
    if (off_width > -10 && off_width < 10 && off_height > -10 && off_height < 10)
        monitor->size_tenth = diagonal(width, height);
}

static void read_descriptors(const uint8_t *bytes, struct agent_monitor *monitor)
{
    int width_cm = bytes[AT_WIDTH_CM], height_cm = bytes[AT_HEIGHT_CM];
    /* One of them 0: a projector, or an aspect ratio instead of a size. */
    if (width_cm && height_cm)
        monitor->size_tenth = diagonal(10 * width_cm, 10 * height_cm);
    for (int i = 0; i < DESCRIPTORS; i++) {
        const uint8_t *descriptor = bytes + AT_DESCRIPTORS + DESCRIPTOR_SIZE * i;
        if (descriptor[0] || descriptor[1]) {
            if (i == 0)
                read_timing(descriptor, width_cm, height_cm, monitor);
        } else if (descriptor[3] == TEXT_NAME) {
            read_text(descriptor, monitor->model, sizeof monitor->model);
        } else if (descriptor[3] == TEXT_SERIAL) {
            read_text(descriptor, monitor->serial, sizeof monitor->serial);
        }
    }
}

/* Numbers stand in for texts that are not there. */
static void read_numbers(const uint8_t *bytes, struct agent_monitor *monitor)
{
    unsigned product = bytes[AT_PRODUCT] | (unsigned)bytes[AT_PRODUCT + 1] << 8;
    uint32_t serial = 0;
    for (int i = 3; i >= 0; i--)
        serial = serial << 8 | bytes[AT_SERIAL + i];
    if (!*monitor->model)
        snprintf(monitor->model, sizeof monitor->model, "%04X", product);
    if (!*monitor->serial && serial)
        snprintf(monitor->serial, sizeof monitor->serial, "%u", (unsigned)serial);
    snprintf(monitor->year, sizeof monitor->year, "%d", FIRST_YEAR + bytes[AT_YEAR]);
    /* 0: not said; 255: the year is the model's */
    if (bytes[AT_WEEK] >= 1 && bytes[AT_WEEK] <= LAST_WEEK)
        snprintf(monitor->week, sizeof monitor->week, "%d", bytes[AT_WEEK]);
}

bool agent_edid_parse(const uint8_t *bytes, size_t length, struct agent_monitor *monitor)
{
    struct agent_monitor read = {0};
    if (!is_edid(bytes, length) || !read_vendor(bytes, &read))
        return false;
    read_descriptors(bytes, &read);
    read_numbers(bytes, &read);
    *monitor = read;
    return true;
}

#include "base/utf8.h"

#include "base/macros.h"

size_t utf8_length(const char *text, size_t left)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (left == 0)
        return 0;
    unsigned char first = bytes[0];
    if (first < 0x80)
        return 1;
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length > left)
        return 0;
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

uint32_t utf8_point(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t point = length == 1 ? bytes[0] : bytes[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (bytes[i] & 0x3F);
    return point;
}

size_t utf8_put(uint32_t point, char out[UTF8_BYTES])
{
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length; i > 1; i--) {
        out[i - 1] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(marks[length] | point);
    return length;
}

struct range {
    uint32_t first;
    uint32_t last;
};

/* Past ASCII, in order: controls, blanks, punctuation, symbols, private use and noncharacters. */
static const struct range separators[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},       {0xBB, 0xBF},        {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x2C2, 0x2C5},   {0x2D2, 0x2DF},     {0x37E, 0x37E},      {0x387, 0x387},
    {0x55A, 0x55F},   {0x589, 0x58F},   {0x5BE, 0x5BE},     {0x5C0, 0x5C0},      {0x5C3, 0x5C3},
    {0x5F3, 0x5F4},   {0x600, 0x60F},   {0x61B, 0x61F},     {0x66A, 0x66D},      {0x6D4, 0x6D4},
    {0x964, 0x965},   {0xE3F, 0xE3F},   {0x2000, 0x206F},   {0x20A0, 0x20CF},    {0x2190, 0x2BFF},
    {0x2E00, 0x2E7F}, {0x3000, 0x3004}, {0x3008, 0x3020},   {0x3030, 0x3030},    {0x303D, 0x303F},
    {0x30A0, 0x30A0}, {0x30FB, 0x30FB}, {0xE000, 0xF8FF},   {0xFD3E, 0xFD3F},    {0xFE00, 0xFE1F},
    {0xFE30, 0xFE6F}, {0xFEFF, 0xFEFF}, {0xFF00, 0xFF0F},   {0xFF1A, 0xFF20},    {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

static bool is_ascii_letter(uint32_t point)
{
    bool is_digit = point >= '0' && point <= '9';
    return is_digit || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

bool utf8_is_letter(uint32_t point)
{
    if (point < 0x80)
        return is_ascii_letter(point);
    for (size_t i = 0; i < COUNT_OF(separators); i++)
        if (point >= separators[i].first && point <= separators[i].last)
            return false;
    return true;
}

/* Upper-case letters. distance: to the lower-case one; 1: upper and lower case alternate, and `first` is
 * upper case. */
static const struct {
    uint32_t first;
    uint32_t last;
    uint32_t distance;
} cases[] = {
    {'A', 'Z', 32},     {0xC0, 0xD6, 32},    {0xD8, 0xDE, 32},    {0x100, 0x12F, 1},    {0x132, 0x137, 1},
    {0x139, 0x148, 1},  {0x14A, 0x177, 1},   {0x179, 0x17E, 1},   {0x386, 0x386, 38},   {0x388, 0x38A, 37},
    {0x38C, 0x38C, 64}, {0x38E, 0x38F, 63},  {0x391, 0x3A1, 32},  {0x3A3, 0x3AB, 32},   {0x400, 0x40F, 80},
    {0x410, 0x42F, 32}, {0x460, 0x481, 1},   {0x48A, 0x4BF, 1},   {0x4C1, 0x4CE, 1},    {0x4D0, 0x52F, 1},
    {0x531, 0x556, 48}, {0x1E00, 0x1E95, 1}, {0x1EA0, 0x1EFF, 1}, {0xFF21, 0xFF3A, 32},
};

uint32_t utf8_lower(uint32_t point)
{
    if (point == 0x178)
        return 0xFF; /* Ÿ and ÿ: only the lower-case letter is in Latin-1 */
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (point < cases[i].first || point > cases[i].last)
            continue;
        bool is_lower = cases[i].distance == 1 && (point - cases[i].first) % 2 != 0;
        return is_lower ? point : point + cases[i].distance;
    }
    return point;
}

bool utf8_is_upper(uint32_t point)
{
    return utf8_lower(point) != point;
}

bool utf8_is_harmless(uint32_t point)
{
    bool is_control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    bool ends_line = point == 0x2028 || point == 0x2029;
    bool turns_direction = point == 0x061C || point == 0x200E || point == 0x200F ||
                           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    bool is_no_character = point == 0xFEFF || (point & 0xFFFE) == 0xFFFE;
    return !is_control && !ends_line && !turns_direction && !is_no_character;
}

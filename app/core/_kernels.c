/* The inner loops of app/core/kernels_plain.py, which says what each of them does: same arguments, same bits.
 *
 * Arrays come as buffers and go as bytes, so that building this takes a C compiler and Python's headers and nothing
 * else. Characters are told apart by Python's own tables.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define PRIME 0x01000193u
#define GAP 0x9E3779B1u
#define NAME_MULTIPLIER 0x9E3779B1u
#define FIRST_UNSPACED 0x0E00u
#define HASHES 64
#define SHINGLE 5

static uint32_t crc_table[256];
static PyObject *category_of; /* unicodedata.category */

static void
fill_crc_table(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? 0xEDB88320u ^ value >> 1 : value >> 1;
        crc_table[byte] = value;
    }
}

static inline uint32_t
crc_byte(uint32_t crc, uint32_t byte)
{
    return crc_table[(crc ^ byte) & 0xFF] ^ crc >> 8;
}

/* One character in UTF-8; half of a surrogate pair as `?`, as str.encode("utf-8", "replace") has it. */
static inline uint32_t
crc_character(uint32_t crc, Py_UCS4 c)
{
    if (c < 0x80)
        return crc_byte(crc, c);
    if (c < 0x800)
        crc = crc_byte(crc, 0xC0 | c >> 6);
    else if (c >= 0xD800 && c < 0xE000)
        return crc_byte(crc, '?');
    else if (c < 0x10000) {
        crc = crc_byte(crc, 0xE0 | c >> 12);
        crc = crc_byte(crc, 0x80 | (c >> 6 & 0x3F));
    }
    else {
        crc = crc_byte(crc, 0xF0 | c >> 18);
        crc = crc_byte(crc, 0x80 | (c >> 12 & 0x3F));
        crc = crc_byte(crc, 0x80 | (c >> 6 & 0x3F));
    }
    return crc_byte(crc, 0x80 | (c & 0x3F));
}

/* A string's characters, however wide Python keeps them. */
typedef struct {
    int kind;
    const void *data;
    Py_ssize_t length;
} Text;

static inline Py_UCS4
at(const Text *text, Py_ssize_t position)
{
    return PyUnicode_READ(text->kind, text->data, position);
}

static int
text_of(PyObject *object, Text *text)
{
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "a str is expected, not %.80s", Py_TYPE(object)->tp_name);
        return -1;
    }
    text->kind = PyUnicode_KIND(object);
    text->data = PyUnicode_DATA(object);
    text->length = PyUnicode_GET_LENGTH(object);
    return 0;
}

static uint32_t
crc_span(const Text *text, Py_ssize_t begin, Py_ssize_t end)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (Py_ssize_t i = begin; i < end; i++)
        crc = crc_character(crc, at(text, i));
    return ~crc;
}

static uint32_t
crc_ascii(const char *word)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (; *word; word++)
        crc = crc_byte(crc, (unsigned char)*word);
    return ~crc;
}

static inline int64_t
spread(uint32_t hashed, int64_t first, int bits)
{
    uint32_t mixed = (hashed ^ hashed >> 15) * 0x85EBCA6Bu;
    return (int64_t)(mixed >> (32 - bits)) + first;
}

static inline int
is_unspaced(Py_UCS4 c)
{
    return c >= 0x0E00 && (c <= 0x0EFF || (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
                           (c >= 0xAC00 && c <= 0xD7AF));
}

static inline int
is_mark(Py_UCS4 c)
{
    return c >= 0x0300 && (c <= 0x036F || (c >= 0x0591 && c <= 0x05C7) || (c >= 0x064B && c <= 0x065F) ||
                           c == 0x0670 || (c >= 0x0900 && c <= 0x0DFF));
}

static inline int
is_word(Py_UCS4 c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    return Py_UNICODE_ISALNUM(c);
}

static PyObject *
name_buckets(PyObject *module, PyObject *args)
{
    PyObject *names;
    int unused_bits;
    if (!PyArg_ParseTuple(args, "O!i", &PyList_Type, &names, &unused_bits))
        return NULL;
    Py_ssize_t many = PyList_GET_SIZE(names);
    PyObject *result = PyBytes_FromStringAndSize(NULL, many * 8);
    if (result == NULL)
        return NULL;
    int64_t *index = (int64_t *)PyBytes_AS_STRING(result);
    for (Py_ssize_t i = 0; i < many; i++) {
        Text name;
        if (text_of(PyList_GET_ITEM(names, i), &name) < 0) {
            Py_DECREF(result);
            return NULL;
        }
        index[i] = (uint32_t)(crc_span(&name, 0, name.length) * NAME_MULTIPLIER) >> unused_bits;
    }
    return result;
}

/* Two arrays of the same length, made while they are filled. */
static PyObject *
pair_of(int64_t *one, int64_t *other, Py_ssize_t many)
{
    return Py_BuildValue("(y#y#)", (char *)one, many * 8, (char *)other, many * 8);
}

static PyObject *
grams(PyObject *module, PyObject *args)
{
    PyObject *object;
    int signs, bits;
    unsigned int seed;
    long long first;
    if (!PyArg_ParseTuple(args, "OpILi", &object, &signs, &seed, &first, &bits))
        return NULL;
    Text text;
    if (text_of(object, &text) < 0)
        return NULL;
    Py_ssize_t many = text.length + 2;
    uint32_t *codes = PyMem_Malloc(many * 2 * sizeof(uint32_t));
    int64_t *index = PyMem_Malloc(many * 10 * sizeof(int64_t));
    if (codes == NULL || index == NULL) {
        PyMem_Free(codes);
        PyMem_Free(index);
        return PyErr_NoMemory();
    }
    uint32_t *hashed = codes + many;
    int64_t *centre = index + many * 5;
    codes[0] = codes[many - 1] = ' ';
    int any_unspaced = 0;
    for (Py_ssize_t i = 0; i < text.length; i++) {
        Py_UCS4 c = at(&text, i);
        int is_gap = signs ? Py_UNICODE_ISSPACE(c) : !is_word(c) || c == '_';
        codes[i + 1] = is_gap ? ' ' : c >= 0xD800 && c < 0xE000 ? '?' : c;
        any_unspaced |= codes[i + 1] >= FIRST_UNSPACED;
    }
    for (Py_ssize_t i = 0; i < many; i++)
        hashed[i] = codes[i] ^ (uint32_t)seed;
    Py_ssize_t found = 0, last = many > 3 ? many - 3 : 0;
    for (int size = 1; size <= 5; size++) {
        Py_ssize_t begins = many - size + 1;
        if (size > 1)
            for (Py_ssize_t i = 0; i < begins; i++)
                hashed[i] = hashed[i] * PRIME ^ codes[i + size - 1];
        if (size < 3 && !any_unspaced)
            continue;
        for (Py_ssize_t i = 0; i < begins; i++) {
            int keeps = 1;
            if (size < 3)
                keeps = codes[i] >= FIRST_UNSPACED && codes[i + size - 1] >= FIRST_UNSPACED;
            else
                for (int inner = 1; inner < size - 1; inner++)
                    keeps &= codes[i + inner] != ' ';
            if (!keeps)
                continue;
            int64_t middle = i + size / 2 - 1;
            index[found] = spread(hashed[i], first, bits);
            centre[found++] = middle > last ? last : middle < 0 ? 0 : middle;
        }
    }
    PyObject *result = pair_of(index, centre, found);
    PyMem_Free(codes);
    PyMem_Free(index);
    return result;
}

/* Tokens of a text as hashes, with where each begins. */
typedef struct {
    uint32_t *code;
    int64_t *begin;
    Py_ssize_t many;
} Tokens;

/* The first and the last of them, where there are more than both together. */
static void
shorten(Tokens *tokens, Py_ssize_t head, Py_ssize_t tail)
{
    if (tokens->many <= head + tail)
        return;
    Py_ssize_t from = tokens->many - tail;
    memmove(tokens->code + head, tokens->code + from, tail * sizeof(uint32_t));
    memmove(tokens->begin + head, tokens->begin + from, tail * sizeof(int64_t));
    tokens->many = head + tail;
}

static int
room_for(Tokens *tokens, Py_ssize_t most)
{
    tokens->many = 0;
    tokens->begin = PyMem_Malloc((most + 1) * (sizeof(int64_t) + sizeof(uint32_t)));
    tokens->code = (uint32_t *)(tokens->begin + most + 1);
    return tokens->begin == NULL ? -1 : 0;
}

static PyObject *
runs_of(const Tokens *tokens, int longest, int gaps, int64_t first, int bits)
{
    Py_ssize_t many = tokens->many, found = 0, room = many * (longest + 1) + 1;
    const uint32_t *code = tokens->code;
    int64_t *index = PyMem_Malloc(room * 2 * sizeof(int64_t));
    if (index == NULL)
        return PyErr_NoMemory();
    int64_t *middle = index + room;
    for (int size = 1; size <= longest; size++)
        for (Py_ssize_t i = 0; i + size <= many; i++) {
            uint32_t hashed = size;
            for (int offset = 0; offset < size; offset++)
                hashed = hashed * PRIME ^ code[i + offset];
            index[found] = spread(hashed, first, bits);
            middle[found++] = tokens->begin[i + size / 2];
        }
    if (gaps)
        for (Py_ssize_t i = 0; i + 2 < many; i++) {
            index[found] = spread((code[i] * PRIME ^ GAP) * PRIME ^ code[i + 2], first, bits);
            middle[found++] = tokens->begin[i + 1];
        }
    PyObject *result = pair_of(index, middle, found);
    PyMem_Free(index);
    return result;
}

/* Where the token that begins at `i` ends, and its hash: NO_TOKEN for a blank, -1 with an exception. */
typedef Py_ssize_t (*Next)(const Text *text, Py_ssize_t i, int64_t *code);

#define NO_TOKEN (-2)

/* Reads a text token by token; the runs of them. The arguments but for `gaps` and `next` are Python's. */
static PyObject *
read_runs(PyObject *args, int gaps, Next next)
{
    PyObject *object;
    Py_ssize_t head, tail;
    int longest, bits;
    long long first;
    if (!PyArg_ParseTuple(args, "OnniLi", &object, &head, &tail, &longest, &first, &bits))
        return NULL;
    Text text;
    Tokens tokens;
    if (text_of(object, &text) < 0)
        return NULL;
    if (room_for(&tokens, text.length) < 0)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < text.length;) {
        int64_t code;
        Py_ssize_t end = next(&text, i, &code);
        if (code == -1) {
            PyMem_Free(tokens.begin);
            return NULL;
        }
        if (code != NO_TOKEN) {
            tokens.begin[tokens.many] = i;
            tokens.code[tokens.many++] = (uint32_t)code;
        }
        i = end;
    }
    shorten(&tokens, head, tail);
    PyObject *result = runs_of(&tokens, longest, gaps, first, bits);
    PyMem_Free(tokens.begin);
    return result;
}

static Py_ssize_t
next_word(const Text *text, Py_ssize_t i, int64_t *code)
{
    Py_UCS4 c = at(text, i);
    Py_ssize_t end = i + 1;
    if (!is_unspaced(c)) {
        if (is_word(c) || is_mark(c)) {
            while (end < text->length && (c = at(text, end), !is_unspaced(c) && (is_word(c) || is_mark(c))))
                end++;
        }
        else if (Py_UNICODE_ISSPACE(c) && c != '\n') {
            *code = NO_TOKEN;
            return end;
        }
    }
    *code = crc_span(text, i, end);
    return end;
}

static PyObject *
wording(PyObject *module, PyObject *args)
{
    return read_runs(args, 1, next_word);
}

static inline int
ends_address(Py_UCS4 c)
{
    return c == '"' || c == '<' || c == '>' || Py_UNICODE_ISSPACE(c);
}

/* Where an address that begins at `i` ends, without the signs of the sentence after it; `i` when there is none. */
static Py_ssize_t
end_of_address(const Text *text, Py_ssize_t i)
{
    static const char scheme[] = "http";
    Py_ssize_t begin = i;
    for (int letter = 0; letter < 4; letter++, i++)
        if (i >= text->length || (at(text, i) | 0x20) != (Py_UCS4)scheme[letter])
            return begin;
    /* U+017F is an `s` for who overlooks capitals. */
    if (i < text->length && (at(text, i) == 's' || at(text, i) == 'S' || at(text, i) == 0x17F))
        i++;
    if (i + 3 > text->length || at(text, i) != ':' || at(text, i + 1) != '/' || at(text, i + 2) != '/')
        return begin;
    Py_ssize_t least = i += 3;
    while (i < text->length && !ends_address(at(text, i)))
        i++;
    while (i > least) {
        Py_UCS4 c = at(text, i - 1);
        if (!(c == '.' || c == ',' || c == ';' || c == ':' || c == '!' || c == '?' || c == ')'))
            return i;
        i--;
    }
    return begin;
}

/* Whether a sign that stands alone is an accent or vowel sign; -1 with an exception. */
static int
is_combining(Py_UCS4 c)
{
    PyObject *sign = PyUnicode_FromOrdinal(c);
    PyObject *category = sign ? PyObject_CallOneArg(category_of, sign) : NULL;
    int found = category ? PyUnicode_READ_CHAR(category, 0) == 'M' : -1;
    Py_XDECREF(sign);
    Py_XDECREF(category);
    return found;
}

/* The hash of the shape of a word; -1 with an exception. */
static int64_t
shape_of(const Text *text, Py_ssize_t begin, Py_ssize_t end)
{
    Py_UCS4 first = at(text, begin);
    if (end - begin == 1 && !is_word(first)) {
        int combining = first < 0x300 ? 0 : is_combining(first);
        if (combining < 0)
            return -1;
        if (!combining)
            return crc_span(text, begin, end);
    }
    int any_digit = 0, all_digits = 1, any_upper = 0, any_lower = 0;
    for (Py_ssize_t i = begin; i < end; i++) {
        Py_UCS4 c = at(text, i);
        int digit = Py_UNICODE_ISDIGIT(c);
        any_digit |= digit;
        all_digits &= digit;
        any_upper |= Py_UNICODE_ISUPPER(c);
        any_lower |= Py_UNICODE_ISLOWER(c) || Py_UNICODE_ISTITLE(c);
    }
    if (all_digits)
        return crc_ascii("0");
    if (end - begin > 1 && any_upper && !any_lower)
        return crc_ascii(any_digit ? "AA0" : "AA");
    if (Py_UNICODE_ISUPPER(first))
        return crc_ascii(any_digit ? "Aa0" : "Aa");
    return crc_ascii(any_digit ? "a0" : "a");
}

static Py_ssize_t
next_shape(const Text *text, Py_ssize_t i, int64_t *code)
{
    Py_UCS4 c = at(text, i);
    Py_ssize_t end = (c | 0x20) == 'h' ? end_of_address(text, i) : i;
    if (end > i) {
        *code = crc_ascii("URL");
        return end;
    }
    end = i + 1;
    if (c == 1 || c == 2) {
        while (end < text->length && !ends_address(at(text, end)))
            end++;
        *code = crc_ascii(c == 1 ? "SHARED URL" : "OWN URL");
        return end;
    }
    if (is_word(c) || is_mark(c)) {
        while (end < text->length && (is_word(at(text, end)) || is_mark(at(text, end))))
            end++;
    }
    else if (Py_UNICODE_ISSPACE(c) && c != '\n') {
        *code = NO_TOKEN;
        return end;
    }
    *code = shape_of(text, i, end);
    return end;
}

static PyObject *
rhythm(PyObject *module, PyObject *args)
{
    return read_runs(args, 0, next_shape);
}

static PyObject *
damped(PyObject *module, PyObject *object)
{
    Py_buffer index;
    if (PyObject_GetBuffer(object, &index, PyBUF_C_CONTIGUOUS) < 0)
        return NULL;
    const int64_t *entry = index.buf;
    Py_ssize_t many = index.len / 8, size = 16;
    while (size < many * 2)
        size *= 2;
    PyObject *result = PyBytes_FromStringAndSize(NULL, many * 8);
    int64_t *key = PyMem_Malloc(size * sizeof(int64_t));
    int64_t *count = PyMem_Calloc(size, sizeof(int64_t));
    Py_ssize_t *place = PyMem_Malloc((many + 1) * sizeof(Py_ssize_t));
    if (result == NULL || key == NULL || count == NULL || place == NULL) {
        Py_CLEAR(result);
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < many; i++) {
        Py_ssize_t slot = (Py_ssize_t)((uint64_t)entry[i] * 0x9E3779B97F4A7C15u >> 20) & (size - 1);
        while (count[slot] && key[slot] != entry[i])
            slot = (slot + 1) & (size - 1);
        key[slot] = entry[i];
        count[slot]++;
        place[i] = slot;
    }
    double *value = (double *)PyBytes_AS_STRING(result);
    for (Py_ssize_t i = 0; i < many; i++)
        value[i] = 1.0 / sqrt((double)(count[place[i]] * many));
done:
    PyMem_Free(key);
    PyMem_Free(count);
    PyMem_Free(place);
    PyBuffer_Release(&index);
    return result;
}

static inline double
half_as_double(uint16_t half)
{
    uint64_t sign = (uint64_t)(half & 0x8000) << 48, exponent = half >> 10 & 0x1F, fraction = half & 0x3FF;
    double value;
    if (exponent == 0) {
        value = (double)fraction / 16777216.0;
        return sign ? -value : value;
    }
    uint64_t bits = sign | (exponent == 31 ? 2047 : exponent + 1008) << 52 | fraction << 42;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A buffer of each object, or none of them. */
static int
buffers_of(PyObject *const *objects, Py_buffer *buffers, int many)
{
    for (int i = 0; i < many; i++)
        if (PyObject_GetBuffer(objects[i], &buffers[i], PyBUF_C_CONTIGUOUS) < 0) {
            while (i--)
                PyBuffer_Release(&buffers[i]);
            return -1;
        }
    return 0;
}

static PyObject *
by_unit(PyObject *module, PyObject *args)
{
    PyObject *objects[4];
    Py_ssize_t units;
    if (!PyArg_ParseTuple(args, "OOOOn", &objects[0], &objects[1], &objects[2], &objects[3], &units))
        return NULL;
    Py_buffer buffers[4];
    if (buffers_of(objects, buffers, 4) < 0)
        return NULL;
    const uint16_t *weight = buffers[0].buf;
    const int64_t *index = buffers[1].buf, *unit = buffers[3].buf;
    const double *value = buffers[2].buf;
    Py_ssize_t weights = buffers[0].len / 2, many = buffers[1].len / 8;
    PyObject *result = NULL;
    if (buffers[2].len / 8 != many || buffers[3].len / 8 != many) {
        PyErr_SetString(PyExc_ValueError, "index, value and unit differ in length");
        goto done;
    }
    result = PyBytes_FromStringAndSize(NULL, units * 8);
    if (result == NULL)
        goto done;
    double *sum = (double *)PyBytes_AS_STRING(result);
    memset(sum, 0, units * 8);
    for (Py_ssize_t i = 0; i < many; i++) {
        if (index[i] < 0 || index[i] >= weights || unit[i] < 0 || unit[i] >= units) {
            PyErr_SetString(PyExc_IndexError, "an entry has no weight or no unit");
            Py_CLEAR(result);
            goto done;
        }
        sum[unit[i]] += half_as_double(weight[index[i]]) * value[i];
    }
done:
    for (int i = 0; i < 4; i++)
        PyBuffer_Release(&buffers[i]);
    return result;
}

static int
ascending(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

static PyObject *
least_hashes(PyObject *module, PyObject *args)
{
    PyObject *object, *many_multipliers;
    if (!PyArg_ParseTuple(args, "OO", &object, &many_multipliers))
        return NULL;
    Text text;
    Py_buffer multipliers;
    if (text_of(object, &text) < 0 || PyObject_GetBuffer(many_multipliers, &multipliers, PyBUF_C_CONTIGUOUS) < 0)
        return NULL;
    Py_ssize_t many = text.length - SHINGLE + 1, hashes = multipliers.len / 4, different = 0;
    PyObject *result = NULL;
    uint32_t *hashed = PyMem_Malloc((many > 0 ? many : 1) * sizeof(uint32_t));
    PyObject *least = PyBytes_FromStringAndSize(NULL, hashes * 4);
    if (hashed == NULL || least == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < many; i++) {
        uint32_t value = 0;
        for (int offset = 0; offset < SHINGLE; offset++) {
            Py_UCS4 c = at(&text, i + offset);
            c = c >= 0xD800 && c < 0xE000 ? '?' : c;
            value = offset ? value * PRIME ^ c : c;
        }
        value = (value ^ value >> 16) * 0x85EBCA6Bu;
        value = (value ^ value >> 13) * 0xC2B2AE35u;
        hashed[i] = value ^ value >> 16;
    }
    uint32_t *minimum = (uint32_t *)PyBytes_AS_STRING(least);
    for (Py_ssize_t each = 0; each < hashes; each++) {
        uint32_t factor = ((uint32_t *)multipliers.buf)[each], lowest = 0xFFFFFFFFu;
        for (Py_ssize_t i = 0; i < many; i++) {
            uint32_t product = hashed[i] * factor;
            lowest = product < lowest ? product : lowest;
        }
        minimum[each] = lowest;
    }
    if (many > 0)
        qsort(hashed, many, sizeof(uint32_t), ascending);
    for (Py_ssize_t i = 0; i < many; i++)
        different += i == 0 || hashed[i] != hashed[i - 1];
    result = Py_BuildValue("(nO)", different, least);
done:
    PyMem_Free(hashed);
    Py_XDECREF(least);
    PyBuffer_Release(&multipliers);
    return result;
}

static PyMethodDef methods[] = {
    {"name_buckets", name_buckets, METH_VARARGS, NULL},
    {"grams", grams, METH_VARARGS, NULL},
    {"wording", wording, METH_VARARGS, NULL},
    {"rhythm", rhythm, METH_VARARGS, NULL},
    {"damped", damped, METH_O, NULL},
    {"by_unit", by_unit, METH_VARARGS, NULL},
    {"least_hashes", least_hashes, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernels", "The compiled twin of app.core.kernels_plain.", -1, methods,
};

PyMODINIT_FUNC
PyInit__kernels(void)
{
    PyObject *unicodedata = PyImport_ImportModule("unicodedata");
    if (unicodedata == NULL)
        return NULL;
    category_of = PyObject_GetAttrString(unicodedata, "category");
    Py_DECREF(unicodedata);
    if (category_of == NULL)
        return NULL;
    fill_crc_table();
    return PyModule_Create(&definition);
}

"""Writes .npz files, as people and NumPy write them and as they should not be, into a folder. Prints {}.

The values of readable arrays follow from their place alone: see value() here and in the tests."""
import io
import json
import struct
import sys
import zipfile
import zlib

import numpy as np
from numpy.lib import format as npy

folder = sys.argv[1] + "/"
ROWS, CLASSES = 7, 3


def value(rows=ROWS, classes=CLASSES):
    i, j = np.indices((rows, classes))
    return i * 3 - j * 0.25 - 4  # exact in float16


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def npy_bytes(array, version=None):
    stream = io.BytesIO()
    npy.write_array(stream, array, version=version, allow_pickle=True)
    return stream.getvalue()


def zipped(name, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(folder + name, "w", compression) as archive:
        for member, data in members.items():
            archive.writestr(member, data)


labels = np.arange(ROWS) % CLASSES

# Types, byte orders, array orders, formats, packings.
for kind in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
    table = value() if kind[0] == "f" else np.abs(np.round(value())) if kind[0] == "u" else np.round(value())
    for order in ("<", ">"):
        for fortran in (False, True):
            array = np.asarray(table, dtype=order + kind, order="F" if fortran else "C")
            name = f"{kind}_{'big' if order == '>' else 'little'}_{'fortran' if fortran else 'c'}.npz"
            np.savez(folder + name, logits=array)
for version in ((1, 0), (2, 0), (3, 0)):
    zipped(f"version_{version[0]}.npz", {"logits.npy": npy_bytes(value(), version)})
np.savez_compressed(folder + "deflated.npz", logits=value(20000, 3))
np.savez(folder + "texts.npz", unicode=np.array(["cat", "Übung", "日本😀"]), big=np.array(["cat", "Übung", "日本😀"]).astype(">U5"),
         bytes=np.array([b"cat", b"dog"]), booleans=np.array([True, False, True]))
python2 = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 2L), }"
python2 = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(python2) + 1) + python2 + b"\n" + struct.pack("<dd", 1.5, -2)
zipped("python2.npz", {"logits.npy": python2})

# Files that are to be imported.
rng = np.random.default_rng(1)
logits = rng.normal(0, 3, (400, 5))
target = rng.integers(0, 5, 400)
val_logits = rng.normal(0, 3, (200, 5)).astype(np.float32)
val_target = rng.integers(0, 5, 200)
np.savez(folder + "both.npz", logits=logits, labels=target, val_logits=val_logits, val_labels=val_target,
         class_names=np.array(["a", "b", "c", "d", "é"]), features=np.zeros((400, 2)))
np.savez(folder + "probabilities.npz", probs=softmax(logits), targets=target.astype(np.int32))
np.savez(folder + "half.npz", y_prob=softmax(logits).astype(np.float16), y_true=target.astype(np.uint8))
np.savez(folder + "one_hot.npz", Predictions=logits, Ground_Truth=np.eye(5, dtype=bool)[target])
np.savez(folder + "unnamed.npz", logits.astype(np.float32), target)
np.savez(folder + "named_labels.npz", logits=logits[:, :2], labels=np.array(["dog", "cat"])[target % 2], class_names=np.array(["cat", "dog"]))
np.savez(folder + "column.npz", testLogits=logits, testY=target.reshape(-1, 1), loss=np.float64(3))
np.savez(folder + "log_probs.npz", log_probs=np.log(softmax(logits)), y=target)
zero = softmax(logits)
zero[0, target[0]] = 0
zero[1, (target[1] + 1) % 5] = 0
zero /= zero.sum(axis=1, keepdims=True)
np.savez(folder + "zero.npz", probabilities=zero, labels=target)
np.savez(folder + "choice.npz", a=logits, b=-logits, c=target, d=(target + 1) % 5)
np.savez(folder + "several.npz", logits=logits, probs=softmax(-logits), labels=target, val_probs=softmax(logits))

# Files that contradict themselves, or say too little.
np.savez(folder + "called_logits.npz", logits=softmax(logits), labels=target)
np.savez(folder + "called_probs.npz", probs=softmax(logits) * 0.9, labels=target)
np.savez(folder + "negative_probs.npz", probs=logits, labels=target)
np.savez(folder + "sigmoid.npz", scores=1 / (1 + np.exp(-logits)), labels=target)
np.savez(folder + "from_one.npz", logits=logits, labels=target + 1)
np.savez(folder + "label_5.npz", logits=logits, labels=np.where(np.arange(400) == 7, 5, target))
np.savez(folder + "label_missing.npz", logits=logits, labels=np.where(np.arange(400) == 7, -100, target))
np.savez(folder + "label_half.npz", logits=logits, labels=target + 0.5)
np.savez(folder + "two_hot.npz", logits=logits, labels=np.ones((400, 5), int))
np.savez(folder + "fewer_labels.npz", logits=logits, labels=target[:399])
np.savez(folder + "no_rows.npz", logits=np.zeros((0, 5)), labels=np.zeros(0, int))
np.savez(folder + "one_class.npz", logits=np.zeros((4, 1)), labels=np.zeros(4, int))
np.savez(folder + "vector.npz", probs=np.full(4, 0.5), labels=np.zeros(4, int))
np.savez(folder + "cube.npz", logits=np.zeros((2, 4, 5)), labels=np.zeros(4, int))
np.savez(folder + "nan.npz", logits=np.where(np.indices((400, 5))[0] == 9, np.nan, logits), labels=target)
np.savez(folder + "infinite.npz", probs=np.where(np.indices((400, 5))[0] == 9, np.inf, softmax(logits)), labels=target)
np.savez(folder + "huge.npz", logits=np.where(np.indices((400, 5))[0] == 9, 1e300, logits), labels=target)
np.savez(folder + "two_logits.npz", logits=logits, test_logits=logits, labels=target)
np.savez(folder + "two_labels.npz", logits=logits, labels=target, y=target)
np.savez(folder + "other_classes.npz", logits=logits, labels=target, val_logits=logits[:, :4], val_labels=target % 4)
np.savez(folder + "other_kinds.npz", logits=logits, labels=target, val_probs=softmax(logits), val_labels=target)
np.savez(folder + "wide.npz", logits=np.tile(np.arange(20_000, dtype="f4"), (3, 1)), labels=np.array([0, 19_999, 7]))
# Classes that are called by numbers: what scikit-learn's classes_ holds, with labels from among them.
three = logits[:, :3]
np.savez(folder + "numbered_from_one.npz", logits=three, y_true=1 + target % 2, classes_=np.array([1, 2, 3]))
np.savez(folder + "numbered_signs.npz", logits=logits[:, :2], y_true=np.where(target % 2 == 0, -1, 1), classes_=np.array([-1, 1]))
np.savez(folder + "numbered_places.npz", logits=three, label_ids=target % 3, classes_=np.array([1, 2, 0]))
np.savez(folder + "numbered_one_hot.npz", logits=three, labels=np.eye(3)[target % 3], classes_=np.array([1, 2, 0]))
np.savez(folder + "names_short.npz", logits=logits, labels=target, class_names=np.array(["a", "b"]))
np.savez(folder + "names_twice.npz", logits=logits, labels=target, class_names=np.array(list("abcda")))
np.savez(folder + "unknown_name.npz", logits=logits[:2], labels=np.array(["a", "x"]), class_names=np.array(list("abcde")))
np.savez(folder + "nothing.npz", weights=np.zeros((2, 3, 4)), bias=np.zeros(3))
np.savez(folder + "objects.npz", logits=np.array([[1, 2], [3]], dtype=object), labels=np.array([0, 1]))
np.savez(folder + "object_labels.npz", logits=logits[:2], labels=np.array([0, 1], dtype=object))
np.savez(folder + "structured.npz", logits=np.zeros(3, dtype=[("a", "f4")]), labels=np.array([0, 1, 0]))
np.savez(folder + "complex.npz", logits=logits[:2].astype(complex), labels=np.array([0, 1]))

# Names of trainers, evaluations beside tests.
np.savez(folder + "trainer.npz", predictions=logits, label_ids=target, val_predictions=val_logits, val_label_ids=val_target)
np.savez(folder + "trainer_eval.npz", test_predictions=logits, test_label_ids=target, eval_predictions=val_logits, eval_label_ids=val_target)
np.savez(folder + "plain_eval.npz", logits=logits, references=target, eval_logits=val_logits, eval_references=val_target)
np.savez(folder + "eval_alone.npz", eval_logits=logits, eval_labels=target, val_logits=val_logits, val_labels=val_target)
np.savez(folder + "labels_and_ids.npz", logits=logits, labels=target, label_ids=target[::-1], val_logits=val_logits, val_label_ids=val_target)
np.savez(folder + "three_evals.npz", test_logits=logits, test_labels=target, eval_logits=logits, eval_labels=target, val_logits=val_logits, val_labels=val_target)

# Rows without a label.
for mark in (-1, -100):
    np.savez(folder + f"unlabelled_{-mark}.npz", logits=logits, labels=np.where(np.arange(400) % 8 == 7, mark, target))
np.savez(folder + "unlabelled_nan.npz", logits=np.where(np.indices((400, 5))[0] % 8 == 7, np.nan, logits), labels=np.where(np.arange(400) % 8 == 7, np.nan, target))
for i, mark in enumerate(("-", "NA", "", "None", "null", "nan", "-1")):
    np.savez(folder + f"unlabelled_text_{i}.npz", logits=logits, class_names=np.array(list("abcde")),
             labels=np.where(np.arange(400) % 8 == 7, mark, np.array(list("abcde"))[target]))
np.savez(folder + "mostly_unlabelled.npz", logits=logits, labels=np.where(np.arange(400) % 8 < 5, -100, target))
np.savez(folder + "signs.npz", logits=logits[:, :2], labels=np.where(target % 2, 1, -1))
np.savez(folder + "from_minus_one.npz", logits=logits, labels=target - 1)
np.savez(folder + "na_is_a_class.npz", logits=logits[:, :2], labels=np.array(["NA", "b"])[target % 2], class_names=np.array(["NA", "b"]))
np.savez(folder + "empty_labels.npz", logits=logits, labels=np.zeros((400, 0)))

# Large common parts, which float32 cannot hold.
for name, part in (("1e3", 1e3), ("1e6", 1e6), ("1e8", -1e8), ("1e10", 1e10)):
    np.savez(folder + f"common_{name}.npz", logits=logits + part * (1 + np.arange(400)[:, None] % 3), labels=target, val_logits=val_logits, val_labels=val_target)
np.savez(folder + "common_once.npz", logits=logits + np.where(np.arange(400) == 7, 1e9, 0)[:, None], labels=target)
np.savez(folder + "spread.npz", logits=logits * 1e5, labels=target)
tied = logits.copy()
tied[np.arange(400), target] = tied.max(1) + 1e-9
np.savez(folder + "near_ties.npz", logits=tied, labels=target)

# Probabilities of nothing.
none = softmax(logits)
none[7] = 0
np.savez(folder + "zero_row.npz", probs=none, labels=target)
np.savez(folder + "zero_scores.npz", scores=none, labels=target)
with np.errstate(divide="ignore"):
    np.savez(folder + "zero_logs.npz", log_probs=np.log(none), labels=target)

# Bombs: a few kilobytes that unpack to gigabytes.
def packed_zeros(start, count):
    """A deflated member of `start` and `count` zeros, without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data, crc = packer.compress(start), zlib.crc32(start)
    piece = bytes(1 << 20)
    for size in [1 << 20] * (count >> 20) + [count & (1 << 20) - 1]:
        data += packer.compress(piece[:size])
        crc = zlib.crc32(piece[:size], crc)
    return data + packer.flush(), crc, len(start) + count


def archive_of(name, members, flag=0):
    """members: name -> (packed bytes, checksum, size). flag 1: encrypted."""
    out, table = b"", b""
    for member, (data, crc, size) in members.items():
        fields = struct.pack("<HHHHHIIIHH", 20, flag, 8, 0, 33, crc, len(data), size, len(member), 0)
        table += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + member.encode()
        out += b"PK\x03\x04" + fields + member.encode() + data
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(table), len(out), 0)
    open(folder + name, "wb").write(out + table + b"PK\x05\x06" + end)


def array_header(kind, shape):
    text = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text.encode() + b"\n"


rows = 4_000_000
archive_of("real_bomb.npz", {"logits.npy": packed_zeros(array_header("<f2", (rows, 10)), 2 * 10 * rows),
                             "labels.npy": packed_zeros(array_header("<i1", (rows,)), rows)})
rows = 13_000_000
archive_of("text_bomb.npz", {"logits.npy": packed_zeros(array_header("<f2", (rows, 2)), 2 * 2 * rows),
                             "labels.npy": packed_zeros(array_header("|S1", (rows,)), rows)})
archive_of("class_bomb.npz", {"logits.npy": packed_zeros(array_header("<f4", (2, 200_000)), 4 * 2 * 200_000),
                              "labels.npy": packed_zeros(array_header("<i8", (2,)), 16)})
data, crc, size = packed_zeros(array_header("<f4", (1000, 1000)), 4_000_000)
archive_of("lying_size.npz", {"logits.npy": (data[:100], crc, size), "labels.npy": packed_zeros(array_header("<i8", (1000,)), 8000)})
archive_of("encrypted.npz", {"logits.npy": (data, crc, size), "labels.npy": packed_zeros(array_header("<i8", (1000,)), 8000)}, 1)
archive_of("encrypted_unnamed.npz", {"arr_0.npy": (data, crc, size)}, 1)
zipped("dimensions.npz", {"logits.npy": array_header("<f4", "(" + "1, " * 1000 + ")"), "labels.npy": npy_bytes(np.arange(3))})
zipped("surrogate.npz", {"logits.npy": npy_bytes(np.zeros((1, 2))), "labels.npy": npy_bytes(np.zeros(1, int)),
                         "class_names.npy": array_header("<U1", (2,)) + struct.pack("<II", 0xD800, 65)})
np.savez(folder + "zero_in_name.npz", logits=logits[:, :2], labels=target % 2, class_names=np.array([b"a\0b", b"a\0c"]))
zipped("many.npz", {f"a{i}.npy": array_header("<f4", (1,)) + bytes(4) for i in range(20_000)})
zipped("long_name.npz", {"logits" + "x" * 50_000 + "\x1b[2J.npy": npy_bytes(np.zeros((1, 2)))})
open(folder + "pointer.npz", "w").write("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 812344\n")
open(folder + "page.npz", "w").write("<!DOCTYPE html>\n<html></html>\n")

# Archives that are broken.
whole = open(folder + "both.npz", "rb").read()
open(folder + "cut.npz", "wb").write(whole[: len(whole) // 2])
open(folder + "empty.npz", "wb").write(b"")
open(folder + "text.npz", "w").write("logits,label\n1,0\n")
at = whole.index(np.float64(logits[200, 0]).tobytes())
open(folder + "flipped.npz", "wb").write(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
zipped("no_arrays.npz", {"readme.txt": "hello"})
good_labels = npy_bytes(labels)


def header(text, version=1):
    text = text.encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text


shape = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }"
zipped("short_data.npz", {"logits.npy": header(shape % "(7, 3)") + bytes(80), "labels.npy": good_labels})
zipped("long_data.npz", {"logits.npy": header(shape % "(7, 3)") + bytes(88), "labels.npy": good_labels})
zipped("bad_magic.npz", {"logits.npy": b"NUMPY and more bytes", "labels.npy": good_labels})
zipped("bad_version.npz", {"logits.npy": b"\x93NUMPY\x09\x00" + bytes(40), "labels.npy": good_labels})
zipped("bad_header.npz", {"logits.npy": header("{'descr': __import__('os')}"), "labels.npy": good_labels})
zipped("endless_header.npz", {"logits.npy": b"\x93NUMPY\x02\x00\xff\xff\xff\x7f", "labels.npy": good_labels})
zipped("cut_header.npz", {"logits.npy": b"\x93NUMPY\x01\x00\xff\x00{'descr'", "labels.npy": good_labels})
big = 2**40
zipped("bomb.npz", {"logits.npy": header(shape % f"({big}, 3)") + bytes(1 << 20), "labels.npy": header(
    shape.replace("<f4", "<i8") % f"({big},)") + bytes(16)}, zipfile.ZIP_DEFLATED)
zipped("overflow.npz", {"logits.npy": header(shape % f"({2**63}, 4)"), "labels.npy": header(
    shape.replace("<f4", "<i8") % f"({2**63},)")})
odd = bytearray(whole)
for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
    at = odd.find(signature)
    while at >= 0:
        odd[at + method] = 42  # a packing that nobody knows
        at = odd.find(signature, at + 1)
open(folder + "odd_packing.npz", "wb").write(odd)
np.save(folder + "single.npy", value())
print(json.dumps({}))

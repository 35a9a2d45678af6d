"""Writes .npz files, as people and NumPy write them and as they should not be, into a folder. Prints {}.

The values of readable arrays follow from their place alone: see value() here and in the tests."""
import io
import json
import struct
import sys
import zipfile

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
np.savez(folder + "names_short.npz", logits=logits, labels=target, class_names=np.array(["a", "b"]))
np.savez(folder + "names_twice.npz", logits=logits, labels=target, class_names=np.array(list("abcda")))
np.savez(folder + "unknown_name.npz", logits=logits[:2], labels=np.array(["a", "x"]), class_names=np.array(list("abcde")))
np.savez(folder + "nothing.npz", weights=np.zeros((2, 3, 4)), bias=np.zeros(3))
np.savez(folder + "objects.npz", logits=np.array([[1, 2], [3]], dtype=object), labels=np.array([0, 1]))
np.savez(folder + "object_labels.npz", logits=logits[:2], labels=np.array([0, 1], dtype=object))
np.savez(folder + "structured.npz", logits=np.zeros(3, dtype=[("a", "f4")]), labels=np.array([0, 1, 0]))
np.savez(folder + "complex.npz", logits=logits[:2].astype(complex), labels=np.array([0, 1]))

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

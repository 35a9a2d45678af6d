"""Turns lenet-5-cifar-10.npz (softmax probabilities and labels) into raw float32 logits and int64 labels.

usage: published_calibration.py FILE.npz FOLDER
"""

import json
import sys

import numpy as np

source = np.load(sys.argv[1])
probabilities = source["predictions"].astype(np.float64)
np.log(probabilities).astype("<f4").tofile(sys.argv[2] + "/logits")
source["ground_truth"].astype("<i8").tofile(sys.argv[2] + "/labels")
print(json.dumps({"rows": len(probabilities), "classes": probabilities.shape[1]}))

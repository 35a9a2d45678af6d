"""What scikit-learn 1.2.1 makes of 500 handwritten digits, for test_tsne: tsne_reference.py > tsne_reference.json (Debian's python3-sklearn).

points: 64 characters a row, 'a' + grey value (0..16); labels: one digit a row; affinities: rows of P times N as
{column: value}; maps: of TSNE by its initialisation, rounded to 3 decimals, with its own Kullback-Leibler divergence.
"""

import json

import numpy as np
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

COUNT, PERPLEXITY = 500, 30
data = load_digits()
points, labels = data.data[:COUNT], data.target[:COUNT]

neighbours = NearestNeighbors(n_neighbors=3 * PERPLEXITY + 1, algorithm="brute").fit(points)
distances = neighbours.kneighbors_graph(mode="distance")
distances.data **= 2
joint = _joint_probabilities_nn(distances, PERPLEXITY, 0) * COUNT
rows = []
for row in (0, 17, 250, 499):
    entries = joint.getrow(row).tocoo()
    rows.append({"row": row, "entries": {str(c): round(float(v), 9) for c, v in sorted(zip(entries.col.tolist(), entries.data.tolist()))}})

maps = {}
for name, init, seed in (("pca", "pca", 0), ("random 1", "random", 1), ("random 2", "random", 2)):
    model = TSNE(perplexity=PERPLEXITY, init=init, learning_rate="auto", random_state=seed, n_iter=1000)
    found = model.fit_transform(points)
    maps[name] = {"divergence": float(model.kl_divergence_), "points": np.round(found.astype(float), 3).ravel().tolist()}

print(json.dumps({
    "points": ["".join(chr(97 + int(v)) for v in row) for row in points],
    "labels": "".join(map(str, labels)),
    "perplexity": PERPLEXITY,
    "entries": int(joint.nnz),
    "affinities": rows,
    "maps": maps,
}, separators=(",", ":")))

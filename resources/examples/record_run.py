"""How to write a finescope run file from a training loop of your own.

Copy the class RunRecorder into your project; it needs h5py and numpy only. Started as a script it records a small
softmax regression, so that there is something to look at:

    python3 record_run.py example.h5          then open example.h5 in finescope, also while it is being written

In a PyTorch loop:

    run = RunRecorder("my_run.h5", method="ft", task="rte", model="roberta-base", seed=1, class_names=["no", "yes"],
                      width=model.classifier.in_features,
                      splits={"validation": ("validation", validation_labels), "test": ("test", test_labels)},
                      step_series=["train_loss", "learning_rate"], epoch_series=["train_loss", "test_accuracy"])
    run.epoch(0, classifier(model), logits=evaluate(model), train_loss=float("nan"), test_accuracy=...)
    for epoch in range(epochs):
        for batch in loader:
            ...                                                   # forward, backward, optimizer.step()
            run.step(step, epoch + batch_index / len(loader), train_loss=loss.item(), learning_rate=scheduler.get_last_lr()[0])
        model.eval()                                              # dropout off
        run.epoch(epoch + 1, classifier(model), logits=evaluate(model), train_loss=..., test_accuracy=...)
    run.finish(selected=best_row, features={"test": test_features.cpu().numpy()})

    def classifier(model):    # weight [C, h] and bias [C] of the last layer
        return model.classifier.weight.detach().cpu().numpy(), model.classifier.bias.detach().cpu().numpy()

    def evaluate(model):      # split -> logits [N, C], rows in the order of the labels
        with torch.no_grad():
            return {name: torch.cat([model(b).logits for b in loaders[name]]).cpu().numpy() for name in loaders}
"""

import os
import socket
import sys
import threading
import time
import uuid

import h5py
import numpy as np

RUNNING, COMPLETE, FAILED, CANCELLED = 0, 1, 2, 3
FINE_TUNING = 1
# The format of HDF5 1.10: the first with SWMR, and read by every finescope. Not "latest": what HDF5 2 then writes with
# compression= no older HDF5 reads.
FORMAT = ("v110", "v110")


class RunRecorder:
    """One run file, readable by others while it grows (HDF5's single writer, multiple readers)."""

    def __init__(self, path, *, method, task, model, seed, class_names, width, splits, step_series, epoch_series,
                 name=None, config="{}"):
        """width: h of the features. splits: name -> (role, labels); role is train, validation, test or ood."""
        self.path = str(path)
        self.lock = threading.Lock()  # the heartbeat comes from a thread of its own
        if os.path.exists(self.path):
            raise FileExistsError(f"{self.path} exists already")
        # Under a hidden name until it can be opened: a file whose writer dies before SWMR starts cannot.
        folder, file_name = os.path.split(os.path.abspath(self.path))
        hidden = os.path.join(folder, f".{file_name}.{uuid.uuid4().hex[:6]}")
        # In pages, as a killed process may leave half of what lies across two pages of the system.
        self.file = h5py.File(hidden, "x", libver=FORMAT, fs_strategy="page", fs_page_size=4096)
        attributes = dict(format="finescope-run", format_version=1, run_id=str(uuid.uuid4()), name=name or file_name,
                          created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), creator="record_run.py",
                          host=socket.gethostname(), pid=os.getpid(), method=method, task=task, model=model, seed=seed,
                          class_names=list(class_names), config=config)
        for key, value in attributes.items():
            self.file.attrs[key] = value

        # Rule 1: everything exists before SWMR starts; what is created afterwards is lost.
        classes = len(class_names)
        self._fixed("progress/status", np.array([RUNNING], "i1"))
        self._fixed("progress/step", np.array([0], "i8"))
        self._fixed("progress/total_steps", np.array([0], "i8"))
        self._fixed("progress/heartbeat", np.array([time.time()]))
        self._fixed("progress/selected", np.array([-1], "i8"))
        message = self.file.create_dataset("progress/message", shape=(1,), dtype=h5py.string_dtype("utf-8", 1024))
        message[0] = ""  # written once, so that its space exists
        self._growing("steps", {"step": "i8", "epoch": "f8", "stage": "i1"})
        self._growing("steps", {series: "f8" for series in step_series})
        self._growing("epochs", {"epoch": "f8", "stage": "i1"})
        self._growing("epochs", {series: "f8" for series in epoch_series})
        self._growing("classifier", {"weight": "f4"}, (classes, width))
        self._growing("classifier", {"bias": "f4"}, (classes,))
        self._growing("classifier", {"epoch": "f8", "stage": "i1"})
        self.splits = list(splits)
        for split, (role, labels) in splits.items():
            group = f"splits/{split}"
            self._fixed(f"{group}/labels", np.asarray(labels, "i8"))
            self.file[group].attrs["role"] = role
            self.file[group].attrs["task"] = task
            self._growing(group, {"logits": "f4"}, (len(labels), classes))
            self._growing(group, {"epoch": "f8", "stage": "i1"})
            self._growing(group, {"features": "f4"}, (width,))
        self.file.swmr_mode = True
        self._set("heartbeat", time.time())
        self.file.flush()
        os.link(hidden, self.path)  # refuses to replace an existing file
        os.unlink(hidden)

        self.stop = threading.Event()
        self.timer = threading.Thread(target=self._beat, daemon=True)
        self.timer.start()

    def step(self, step, epoch, stage=FINE_TUNING, **series):
        """One optimiser step; epoch is a fraction, as 1.25."""
        with self.lock:
            self._append("steps", "step", step=step, epoch=epoch, stage=stage, **series)
            self._set("step", step)

    def epoch(self, epoch, classifier, logits, stage=FINE_TUNING, **series):
        """One evaluation, also one before training as epoch 0. classifier: (weight [C, h], bias [C]);
        logits: split -> [N, C]."""
        weight, bias = classifier
        with self.lock:
            self._append("classifier", "epoch", weight=weight, bias=bias, epoch=epoch, stage=stage)
            for split, values in logits.items():
                self._append(f"splits/{split}", "epoch", logits=values, epoch=epoch, stage=stage)
            # Last: a row of /epochs promises that the classifier and the logits of that epoch are there.
            self._append("epochs", "epoch", epoch=epoch, stage=stage, **series)

    def finish(self, status=COMPLETE, message="", selected=-1, features=None):
        """selected: row of /epochs with the chosen model; features: split -> [N, h] of that model."""
        self.stop.set()
        self.timer.join()
        with self.lock:
            for split, values in (features or {}).items():
                dataset = self.file[f"splits/{split}/features"]
                dataset.resize(len(values), axis=0)
                dataset[...] = values
            self._set("selected", selected)
            self.file["progress/message"][0] = message.encode()[:1024]
            self._set("status", status)
            self.file.flush()
            self.file.close()

    def _fixed(self, path, values):
        self.file.create_dataset(path, data=values, track_times=False)

    def _growing(self, group, columns, row_shape=()):
        for name, kind in columns.items():
            self.file.create_dataset(f"{group}/{name}", shape=(0, *row_shape), maxshape=(None, *row_shape), dtype=kind,
                                     chunks=(1 if len(row_shape) > 1 else 256, *row_shape), track_times=False)

    def _append(self, group, marker, **row):
        # Rule 2: the marker last, after a flush of its own: HDF5 does not write in the order of the program.
        for name, value in row.items():
            if name != marker:
                self._append_value(f"{group}/{name}", value)
        self.file.flush()
        self._append_value(f"{group}/{marker}", row[marker])
        self.file.flush()

    def _append_value(self, path, value):
        dataset = self.file[path]
        dataset.resize(dataset.shape[0] + 1, axis=0)
        dataset[-1] = value

    def _set(self, name, value):
        self.file[f"progress/{name}"][0] = value

    def _beat(self):
        # Rule 3: say every 10 seconds that the run is alive, whatever the computation does.
        while not self.stop.wait(10):
            with self.lock:
                self._set("heartbeat", time.time())
                self.file["progress/heartbeat"].flush()


def main(path, epochs=8, classes=3, width=6, rows=60):
    """Softmax regression on noisy blobs: the same loop as above, small enough to read."""
    random = np.random.default_rng(1)
    centres = random.normal(size=(classes, width))

    def blobs(n):
        labels = random.integers(classes, size=n)
        return (centres[labels] + random.normal(size=(n, width))).astype("f4"), labels

    data = {"train": blobs(4 * rows), "validation": blobs(rows), "test": blobs(rows)}
    run = RunRecorder(path, method="softmax regression", task="blobs", model="none", seed=1,
                      class_names=[f"blob {c}" for c in range(classes)], width=width,
                      splits={name: (name, data[name][1]) for name in ("validation", "test")},
                      step_series=["train_loss", "classifier_weight_norm"],
                      epoch_series=["validation_accuracy", "test_accuracy", "classifier_weight_norm"])
    weight, bias = np.zeros((classes, width), "f4"), np.zeros(classes, "f4")
    accuracies = []

    def evaluate(epoch):
        logits = {name: data[name][0] @ weight.T + bias for name in run.splits}
        accuracy = {name: float(np.mean(logits[name].argmax(axis=1) == data[name][1])) for name in logits}
        accuracies.append(accuracy["validation"])
        run.epoch(epoch, (weight, bias), logits, validation_accuracy=accuracy["validation"],
                  test_accuracy=accuracy["test"], classifier_weight_norm=float(np.linalg.norm(weight)))
        print("epoch", epoch, flush=True)

    features, labels = data["train"]
    batches = np.array_split(np.arange(len(labels)), 8)
    evaluate(0)
    for epoch in range(epochs):
        for index, batch in enumerate(batches):
            z = features[batch] @ weight.T + bias
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            loss = float(-np.log(p[np.arange(len(batch)), labels[batch]]).mean())
            p[np.arange(len(batch)), labels[batch]] -= 1
            weight -= 0.3 * p.T @ features[batch] / len(batch)
            bias -= 0.3 * p.mean(axis=0)
            run.step(epoch * len(batches) + index, epoch + (index + 1) / len(batches), train_loss=loss,
                     classifier_weight_norm=float(np.linalg.norm(weight)))
        evaluate(epoch + 1)
    best = 1 + int(np.argmax(accuracies[1:]))
    # The features do not move here; in a fine-tuning run these are those of the selected model.
    run.finish(selected=best, features={name: data[name][0] for name in run.splits})


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "example.h5")

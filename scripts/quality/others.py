"""Scores what others make of the tables of a folder, on five folds that it writes down.

python3 scripts/quality/others.py FOLDER [NAME ...]   (python3-sklearn)
Writes FOLDER/folds.json (table -> five lists of held-out rows) and FOLDER/others.json.
"""

import csv
import json
import os
import sys
import time
import warnings

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


def load(path):
    with open(path) as file:
        names, *rows = list(csv.reader(file))
    columns = list(zip(*rows))
    inputs = []
    for column in columns[:-1]:
        if column[0].startswith("_"):
            inputs += [[float(v == kind) for v in column] for kind in sorted(set(column))]
        else:
            inputs.append([float(v) for v in column])
    x = np.array(inputs).T
    if columns[-1][0].startswith("_"):
        return x, np.array(columns[-1]), True
    return x, np.array([float(v) for v in columns[-1]]), False


def models(classes):
    if classes:
        yield "linear", make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        yield "mlp", make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
        yield "forest", RandomForestClassifier(random_state=0)
    else:
        yield "linear", make_pipeline(StandardScaler(), LinearRegression())
        mlp = make_pipeline(StandardScaler(), MLPRegressor(random_state=0))
        yield "mlp", TransformedTargetRegressor(mlp, transformer=StandardScaler())
        yield "forest", RandomForestRegressor(random_state=0)


def score(y, answers, classes):
    if classes:
        return float(np.mean(y == answers))
    return float(1 - np.sum((y - answers) ** 2) / np.sum((y - y.mean()) ** 2))


def main(folder, names):
    names = names or sorted(f[:-4] for f in os.listdir(folder) if f.endswith(".csv"))
    folds, found = {}, {}
    for name in names:
        x, y, classes = load(os.path.join(folder, name + ".csv"))
        kind = StratifiedKFold if classes else KFold
        parts = list(kind(5, shuffle=True, random_state=0).split(x, y))
        folds[name] = [held.tolist() for _, held in parts]
        found[name] = {"rows": len(y), "inputs": x.shape[1], "classes": classes}
        for other, model in models(classes):
            start = time.time()
            answers = np.empty_like(y)
            for train, held in parts:
                answers[held] = model.fit(x[train], y[train]).predict(x[held])
            found[name][other] = round(score(y, answers, classes), 4)
            found[name][other + "_s"] = round(time.time() - start, 2)
        print(name, found[name], flush=True)
    for file, values in (("folds.json", folds), ("others.json", found)):
        with open(os.path.join(folder, file), "w") as out:
            json.dump(values, out)


main(sys.argv[1], sys.argv[2:])

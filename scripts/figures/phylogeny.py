#!/usr/bin/env python3
"""The phylogeny of a run's champions: who has an ancestor in common, and since when.

    phylogeny.py RUN --out STEM [--classes 0,3,5-9]

A line runs from the initial population to each champion; lines meet at common ancestors, and where a child took the cell of
another class than its parent's, there is a dot.
"""
import json
import os

import style
from images import pixels, show
from runs import Run
from style import pyplot


def parse_classes(text):
    chosen = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        chosen += range(int(first), int(last or first) + 1)
    return chosen


class Tree:
    """The ancestors of some champions: parents before children, each with the parent that it is drawn under."""

    def __init__(self, run, classes):
        items = {item["id"]: item for item in run.lineage}
        champions = run.classes.set_index("class")["item"]
        self.leaves = {k: int(champions[k]) for k in classes if k in champions.index and champions[k] == champions[k]}
        self.items = items
        self.parent = {}
        for leaf in self.leaves.values():
            item = items[leaf]
            while item["id"] not in self.parent:
                parents = item["parents"]
                self.parent[item["id"]] = parents[0] if parents else None
                if not parents:
                    break
                item = items[parents[0]]
        self.children = {}
        for item, parent in sorted(self.parent.items()):
            self.children.setdefault(parent, []).append(item)

    def order(self):
        """The classes, those of one ancestor side by side."""
        owners = {}
        for k, leaf in self.leaves.items():
            owners.setdefault(leaf, []).append(k)
        order, open_items = [], list(reversed(self.children.get(None, [])))
        while open_items:
            item = open_items.pop()
            order += owners.get(item, [])
            open_items += reversed(self.children.get(item, []))
        return order

    def heights(self, order):
        """Where an item is drawn: in the middle of what it leads to."""
        height = {}
        places = {}
        for place, k in enumerate(order):
            places.setdefault(self.leaves[k], []).append(place)
        for item in sorted(self.parent, reverse=True):  # children have larger ids
            below = [height[child] for child in self.children.get(item, [])] + places.get(item, [])
            height[item] = sum(below) / len(below)
        return height

    def switched(self, item):
        """Whether the item took no cell that its parent ever held."""
        parent = self.parent[item]
        return parent is not None and not set(self.items[item]["cells"]) & set(self.items[parent]["cells"])


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("run")
    parser.add_argument("--classes", help="[all; of more than 40 every n-th]")
    options = parser.parse_args()
    run = Run(options.run)
    every = -(-len(run.classes) // 40)
    classes = parse_classes(options.classes) if options.classes else list(run.classes["class"])[::every]
    tree = Tree(run, classes)
    order = tree.order()
    height = tree.heights(order)
    labels = dict(zip(run.classes["class"], run.labels))
    pictures = dict(zip(run.classes["class"], run.classes["image"]))

    step = 0.34 if len(order) <= 20 else 0.2
    figure, axis = pyplot.subplots(figsize=(style.WIDTH, 1.0 + step * len(order)))
    for item, parent in tree.parent.items():
        x, y = tree.items[item]["generation"], height[item]
        if parent is not None:
            from_x, from_y = tree.items[parent]["generation"], height[parent]
            axis.plot([from_x, from_x, x], [from_y, y, y], color=style.colour(0), linewidth=0.9, solid_joinstyle="round")
        if tree.switched(item):
            axis.plot(x, y, "o", color=style.colour(1), markersize=3)
    end = run.last_generation
    for place, k in enumerate(order):
        leaf = tree.items[tree.leaves[k]]
        axis.plot([leaf["generation"], end], [height[leaf["id"]], place], color="0.8", linewidth=0.6, zorder=0)
        axis.text(1.0 + 0.075, place, labels[k], va="center", fontsize=7, transform=axis.get_yaxis_transform())
        path = os.path.join(run.folder, str(pictures[k]))
        if os.path.exists(path):
            small = axis.inset_axes([1.01, place - 0.45, 0.06, 0.9], transform=axis.get_yaxis_transform())
            show(small, pixels(path))
    axis.set_xlim(-1 - 0.02 * end, end)
    axis.set_ylim(len(order) - 0.4, -0.6)
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.grid(axis="y", visible=False)
    axis.set_xlabel("generation (-1: the initial population); dots: the child took another class's cell")
    roots = len(tree.children.get(None, []))
    print(json.dumps({"champions": len(order), "ancestors": len(tree.parent), "first_ancestors": roots}))
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()

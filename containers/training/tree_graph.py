"""Writes gradient boosted trees as an ONNX graph."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from export import INPUT_NAME, OPSET
from task import Task
from tree_columns import TreeColumns

ML_OPSET = 3
IR_VERSION = 8
"""Readable for every ONNX Runtime since 1.10; newer onnx packages would write their own newest version."""


def tree_graph(model: bytes, trees: int, columns: TreeColumns, inputs: int, base: np.ndarray, task: Task) -> bytes:
    """Returns the ONNX model of the first `trees` trees of an XGBoost model.

    Args:
        model: as `Booster.save_raw('json')` returns it.
        base: margins that the trees' sums are added to, float32 [margins].
    """
    nodes, constants, tree_input = _column_nodes(columns)
    learner = json.loads(model)['learner']['gradient_booster']['model']
    nodes.append(
        helper.make_node(
            'TreeEnsembleRegressor',
            [tree_input],
            ['margins'],
            domain='ai.onnx.ml',
            n_targets=len(base),
            base_values=base.tolist(),
            **_ensemble(learner['trees'][:trees], learner['tree_info'][:trees]),
        )
    )
    nodes += _answer_nodes(task, constants)
    graph = helper.make_graph(
        nodes,
        'trees',
        [helper.make_tensor_value_info(INPUT_NAME, TensorProto.FLOAT, ['batch', inputs])],
        [helper.make_tensor_value_info(task.output_name, TensorProto.FLOAT, ['batch', task.outputs])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid('', OPSET), helper.make_opsetid('ai.onnx.ml', ML_OPSET)]
    written = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name='xgboost')
    onnx.checker.check_model(written)
    return written.SerializeToString()


def _column_nodes(columns: TreeColumns) -> tuple[list[onnx.NodeProto], dict[str, np.ndarray], str]:
    """Returns the nodes from the model's input to the trees' columns, their constants, and the name of their output."""
    if not columns.categories:
        return [], {}, INPUT_NAME
    constants = {'zero': np.float32(0)[...], 'numbers': np.array(columns.numbers, np.int64)}
    nodes, parts = [], []
    if columns.numbers:
        nodes.append(helper.make_node('Gather', [INPUT_NAME, 'numbers'], ['number columns'], axis=1))
        parts.append('number columns')
    for index, table in zip(columns.categories, columns.tables):
        name = f'category {index}'
        constants |= {
            f'{name}: index': np.array(index, np.int64),
            f'{name}: last': np.array(len(table) - 1, np.float32),
            f'{name}: table': table,
        }
        nodes += [
            helper.make_node('Gather', [INPUT_NAME, f'{name}: index'], [f'{name}: raw'], axis=1),
            helper.make_node('Clip', [f'{name}: raw', 'zero', f'{name}: last'], [f'{name}: clipped']),
            helper.make_node('Cast', [f'{name}: clipped'], [f'{name}: code'], to=TensorProto.INT64),
            helper.make_node('Gather', [f'{name}: table', f'{name}: code'], [f'{name}: columns'], axis=0),
        ]
        parts.append(f'{name}: columns')
    nodes.append(helper.make_node('Concat', parts, ['columns'], axis=1))
    return nodes, constants, 'columns'


def _answer_nodes(task: Task, constants: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    """Returns the nodes from the margins to the output; adds their constants."""
    if task.classes is None:
        constants |= {
            'deviation': np.array(task.deviation, np.float32),
            'mean': np.array(task.mean, np.float32),
        }
        return [
            helper.make_node('Mul', ['margins', 'deviation'], ['scaled']),
            helper.make_node('Add', ['scaled', 'mean'], [task.output_name]),
        ]
    if task.outputs > 2:
        return [helper.make_node('Softmax', ['margins'], [task.output_name], axis=1)]
    constants['one'] = np.array(1, np.float32)
    return [
        helper.make_node('Sigmoid', ['margins'], ['second']),
        helper.make_node('Sub', ['one', 'second'], ['first']),
        helper.make_node('Concat', ['first', 'second'], [task.output_name], axis=1),
    ]


def _ensemble(trees: list[dict], targets: list[int]) -> dict[str, list]:
    """Returns the attributes of a TreeEnsembleRegressor; XGBoost's trees go left where `x < threshold` in 32 bits."""
    nodes: list[tuple] = []
    leaves: list[tuple] = []
    for number, (tree, target) in enumerate(zip(trees, targets)):
        left, right = tree['left_children'], tree['right_children']
        feature, value = tree['split_indices'], tree['split_conditions']
        # Pruned nodes stay in XGBoost's arrays: only nodes reachable from the root count.
        waiting = [0]
        while waiting:
            node = waiting.pop()
            if left[node] < 0:
                nodes.append((number, node, 0, 0.0, 'LEAF', 0, 0))
                leaves.append((number, node, target, value[node]))
                continue
            nodes.append((number, node, feature[node], value[node], 'BRANCH_LT', left[node], right[node]))
            waiting += [right[node], left[node]]
    node_names = ('treeids', 'nodeids', 'featureids', 'values', 'modes', 'truenodeids', 'falsenodeids')
    attributes = {f'nodes_{name}': list(column) for name, column in zip(node_names, zip(*nodes))}
    leaf_names = ('target_treeids', 'target_nodeids', 'target_ids', 'target_weights')
    return attributes | {name: list(column) for name, column in zip(leaf_names, zip(*leaves))}

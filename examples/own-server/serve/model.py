"""The model, and the answers that evaluation and server both give."""

import os

from mlops_program import read_model

import xgboost

from trips import check, inputs_of

MOST_ROWS = 1_000


class WrongInput(Exception):
    """A fault of the caller: `field` says where."""

    def __init__(self, field, problem):
        super().__init__(f'{field}: {problem}')
        self.field = field


class Model:
    def __init__(self, folder):
        about = read_model(folder)
        self.label, self._vocabulary = about['label'], about['vocabulary']
        self._booster = xgboost.Booster({'nthread': 1}, model_file=str(folder / 'trees.ubj'))

    def minutes(self, rows):
        """Returns a number for each row."""
        return self._booster.inplace_predict(inputs_of(rows, self._vocabulary)).tolist()

    def answer(self, request):
        """Returns the answer to `{"rows": [{column: value}]}`. Raises WrongInput."""
        rows = request.get('rows') if isinstance(request, dict) else None
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
            raise WrongInput('rows', f'missing or not a list of 1 to {MOST_ROWS} rows')
        for index, row in enumerate(rows):
            try:
                check(row)
            except ValueError as error:
                raise WrongInput(f'rows[{index}]', str(error)) from None
        version = os.environ.get('MODEL_VERSION') or os.environ.get('CANDIDATE_VERSION')
        return {'predictions': [{'minutes': value} for value in self.minutes(rows)], 'modelVersion': version}

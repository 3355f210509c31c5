package ingest

// formats lists the readers in the order in which they are asked: those that
// know their files by many signs come before those that know them by few.
var formats = []*format{
	// Runs of our own.
	collectedRun,

	// JSON documents of other tools.
	coFailureMatrix,
	mmluPro,
	sweBoards,
	sweReport,
	sweDetails,
	sweLists,
	lcbBoard,
	lcbEval,
	inspectJSON,
	lmEval,
	promptfooJSON,
	zeroEval,
	helmRun,
	evalPlus,
	eeeScores,
	deepEval,
	mlflowTable,
	llmRouterBench,

	// JSON lines of other tools.
	promptfooLines,
	routerArena,
	everyEvalEver,
	openAIEvals,

	// Tables of other tools, in several forms.
	mlflowResults,
	langfuseScores,

	// Parquet of other tools.
	lightEval,

	// Lines of our own.
	outcomesJSONL,
	outcomesParquet,

	// Tables.
	routerBench,
	routeLLM,
	wideCSV,
}

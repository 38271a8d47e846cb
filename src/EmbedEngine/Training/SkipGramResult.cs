// What skip-gram training gives back. Plain arrays: the caller decides what is normalised, stored or indexed.

namespace EmbedEngine.Training;

/// <summary>
/// Trained vectors, raw (not normalised), row-major rows × dims. Score "what comes next" as
/// In[seen]·Out[candidate], "what is similar" as cos(In[a], In[b]). Rows below MinCount are zero in both.
/// </summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Dims">Floats a row.</param>
/// <param name="In">Input vectors.</param>
/// <param name="Out">Output (context) vectors.</param>
/// <param name="Counts">Events per row in the training data.</param>
internal sealed record SkipGramResult(int Rows, int Dims, float[] In, float[] Out, long[] Counts);

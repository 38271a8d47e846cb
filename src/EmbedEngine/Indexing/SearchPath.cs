namespace EmbedEngine.Indexing;

/// <summary>How a search goes about it.</summary>
internal enum SearchPath
{
    /// <summary>
    /// Whichever is expected to be faster at no loss: small sets and selective filters are read whole.
    /// </summary>
    Auto,

    /// <summary>Always by the graph; for measurements.</summary>
    Graph,

    /// <summary>Always exact.</summary>
    Exact,
}

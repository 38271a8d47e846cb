// What a walk asks of vectors: one query against nodes, as a struct so that each kind is compiled into the
// walk.

using System.Runtime.Intrinsics;

namespace EmbedEngine.Indexing;

/// <summary>Distances of one query to nodes that have been checked; smaller is better.</summary>
internal unsafe interface INodeDistance
{
    /// <summary>One node.</summary>
    float To(int node);

    /// <summary>Four nodes; some may be equal.</summary>
    Vector128<float> ToFour(int a, int b, int c, int d);

    /// <summary>Asks for a node's memory; a hint that cannot fault.</summary>
    void Prefetch(int node);
}

/// <summary>The distances of each node to the others: what building needs.</summary>
internal interface INodeSpace<TDistance>
    where TDistance : struct, INodeDistance
{
    /// <summary>Distances from a node; valid until the next call with the same scratch.</summary>
    TDistance From(int node, HnswScratch scratch);
}

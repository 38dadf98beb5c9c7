import { Route, Routes } from 'react-router-dom';
import { MeshDetail } from './MeshDetail';
import { MeshList } from './MeshList';

/** `/mesh-dr`: the meshes, and one mesh. */
export function MeshPage() {
  return (
    <Routes>
      <Route path="/" element={<MeshList />} />
      <Route path="/:mesh" element={<MeshDetail />} />
    </Routes>
  );
}
